export { LunaError, errorCode, errorMessage, isLunaError, type LunaErrorOptions } from './errors.ts';
export { PROBLEM_CONTENT_TYPE, toProblem, type Problem } from './problem.ts';
export { createManualClock, systemClock, type Clock, type ManualClock } from './clock.ts';
export { systemRandom, type RandomSource } from './random.ts';
export { backoffMs, retry, sleep, type BackoffOptions } from './backoff.ts';
export { createLogger, createSilentLogger, type Logger, type LoggerOptions } from './logger.ts';
export { createMetrics, type HttpObservation, type Metrics, type MetricsOptions } from './metrics.ts';
export { createShutdown, type Shutdown, type ShutdownOptions } from './shutdown.ts';
export { loadEnv, loadYamlFile, parseYamlConfig, splitList, validateConfig, type LoadOptions } from './config.ts';
export {
  createHttpClient,
  type HttpClient,
  type HttpClientOptions,
  type HttpRequest,
  type HttpResponse,
} from './http-client.ts';
export { HttpError, isRetryableHttpError, type HttpErrorCode } from './http-error.ts';
