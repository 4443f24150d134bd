import ajvFormats from 'ajv-formats';
import { Ajv, type Options } from 'ajv';
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { Logger, Metrics } from '@luna-iems/service-kit';
import type { AskDeps } from './ask/answer.ts';
import type { ApiKeys } from './auth/api-keys.ts';
import { authPlugin } from './plugins/auth.ts';
import { observePlugin } from './plugins/observe.ts';
import { openapiPlugin } from './plugins/openapi.ts';
import { answerError, problemsPlugin } from './plugins/problems.ts';
import { rateLimitPlugin } from './plugins/rate-limit.ts';
import { endConnectionsOnClose } from './plugins/connections.ts';
import { healthRoutes } from './routes/health.ts';
import type { IngestRouteDeps } from './routes/ingest/deps.ts';
import { ingestDocRoute } from './routes/ingest/doc.ts';
import { ingestJobsRoute } from './routes/ingest/jobs.ts';
import { seriesInRoutes } from './routes/ingest/series.ts';
import { telemetryRoute } from './routes/ingest/telemetry.ts';
import { itemFileRoute } from './routes/item-file.ts';
import { itemRoutes, type ItemDeps } from './routes/items.ts';
import { askRoute } from './routes/rag/ask.ts';
import { seriesRoutes } from './routes/series.ts';
import { recommendRoute } from './routes/recommend.ts';
import { simRoutes } from './routes/sim.ts';
import { statusRoutes } from './routes/status.ts';
import type { RecommendDeps } from './recommend/recommend.ts';
import type { SimDeps } from './sim/status.ts';
import type { SummaryDeps } from './status/summary.ts';

/** Everything the HTTP side needs, made by the composition root. */
export interface AppDeps extends AskDeps, RecommendDeps, SimDeps, SummaryDeps, IngestRouteDeps, ItemDeps {
  log: Logger;
  metrics: Metrics;
  keys: ApiKeys;
  ratePerMinute: number;
}

/** Largest JSON body: a full batch of events, or a question with room to be told that it is too long. */
const BODY_LIMIT = 1024 * 1024;
/** A whole upload must have arrived within this time. */
const REQUEST_TIMEOUT_MS = 10 * 60_000;

// ajv-formats is CommonJS: under Node the callable is the default export's own `default`.
const addFormats = ajvFormats as unknown as typeof ajvFormats.default;

function ajv(options: Options): Ajv {
  const made = new Ajv({ allErrors: false, useDefaults: true, removeAdditional: false, strict: false, ...options });
  addFormats(made);
  return made;
}

/** Bodies are taken as they are; only what comes as text in a path or query string is converted. */
function useValidators(app: FastifyInstance): void {
  const strict = ajv({ coerceTypes: false });
  const coercing = ajv({ coerceTypes: 'array' });
  app.setValidatorCompiler(({ schema, httpPart }) =>
    (httpPart === 'body' ? strict : coercing).compile(schema as object),
  );
}

/** The whole HTTP application as a plugin tree; it does not listen yet. */
export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  // Fastify's own name for the type, so that the instance stays assignable to its plain form.
  const log: FastifyBaseLogger = deps.log;
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: 0,
    keepAliveTimeout: 65_000,
    return503OnClosing: true,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (thrown, request, reply) => void answerError(thrown, request, reply),
  });
  // Text bodies have no meaning here: without their parser they are answered with 415.
  app.removeContentTypeParser('text/plain');
  useValidators(app);
  endConnectionsOnClose(app);
  await app.register(problemsPlugin);
  await app.register(observePlugin, deps);
  await app.register(authPlugin, deps);
  await app.register(rateLimitPlugin, { perMinute: deps.ratePerMinute });
  await app.register(openapiPlugin, { version: deps.version });
  for (const routes of [
    healthRoutes,
    statusRoutes,
    ingestDocRoute,
    ingestJobsRoute,
    telemetryRoute,
    seriesInRoutes,
    itemRoutes,
    itemFileRoute,
    askRoute,
    seriesRoutes,
    recommendRoute,
    simRoutes,
  ]) {
    await app.register(routes as (app: FastifyInstance, deps: AppDeps) => Promise<void>, deps);
  }
  return app;
}
