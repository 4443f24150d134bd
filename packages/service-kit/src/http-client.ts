import { Buffer } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { Agent, request as undiciRequest, type Dispatcher } from 'undici';
import { retry } from './backoff.ts';
import { systemClock, type Clock } from './clock.ts';
import { HttpError, httpFailure, isRetryableHttpError, parseRetryAfter, type FailureContext } from './http-error.ts';
import { systemRandom, type RandomSource } from './random.ts';

export interface HttpClientOptions {
  /** How the service is named in errors, for example `qdrant`. */
  readonly name: string;
  /** Scheme, host, port and an optional path prefix. */
  readonly baseUrl: string;
  /** Time for one try, in ms: the whole answer for `json` and `text`, the headers for `stream`. Default 10000. */
  readonly timeoutMs?: number;
  /** Further tries after the first. Default 2. */
  readonly retries?: number;
  /** Sent with every request, for example an API key. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Largest answer that `json` and `text` take, in bytes. Default 64 MiB. */
  readonly maxResponseBytes?: number;
  /** Open connections at most. Default 16. */
  readonly connections?: number;
  readonly clock?: Clock;
  readonly random?: RandomSource;
}

export interface HttpRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** A function gives a fresh stream for each try; a bare stream is sent once and never retried. */
  readonly body?: string | Uint8Array | Readable | (() => Readable);
  readonly timeoutMs?: number;
  readonly retries?: number;
  readonly signal?: AbortSignal | undefined;
  /** Whether repeating it is harmless. Default: by method (GET, HEAD, PUT, DELETE). */
  readonly idempotent?: boolean;
  /** For `stream`: longest silence between two pieces of the answer, in ms. Default: `timeoutMs`. */
  readonly idleTimeoutMs?: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Must be read to its end or destroyed. */
  readonly body: Readable;
}

/**
 * Calls to one service with one policy: a timeout on every try, bounded retries with jitter (idempotent requests, 503 and
 * refused connections only), bounded answers, `HttpError` with a code for everything else than 2xx.
 */
export interface HttpClient {
  /** The parsed JSON answer; undefined for an empty one. The type is the caller's claim: validate what matters. */
  json<T = unknown>(request: HttpRequest): Promise<T>;
  text(request: HttpRequest): Promise<string>;
  /** Returns as soon as the headers are there. */
  stream(request: HttpRequest): Promise<HttpResponse>;
  /** Ends idle connections and waits for running requests. */
  close(): Promise<void>;
}

interface Settings {
  readonly name: string;
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxResponseBytes: number;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly agent: Agent;
}

const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);
const ERROR_TEXT_BYTES = 4096;

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const settings: Settings = {
    name: options.name,
    baseUrl: options.baseUrl.replace(/\/+$/, ''),
    timeoutMs: options.timeoutMs ?? 10_000,
    retries: options.retries ?? 2,
    headers: options.headers ?? {},
    maxResponseBytes: options.maxResponseBytes ?? 64 * 1024 * 1024,
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    agent: new Agent({
      connections: options.connections ?? 16,
      connect: { timeout: Math.min(5_000, options.timeoutMs ?? 10_000) },
    }),
  };
  const text = (request: HttpRequest): Promise<string> =>
    withRetries(settings, request, (attempt) => attempt.run((response) => readText(settings, response)));
  return {
    text,
    json: async <T>(request: HttpRequest): Promise<T> => {
      const body = await text({ ...request, headers: { accept: 'application/json', ...request.headers } });
      return parseJson(settings, request, body) as T;
    },
    stream: (request) =>
      withRetries(settings, request, (attempt) => attempt.run((response) => Promise.resolve(response))),
    close: () => settings.agent.close(),
  };
}

interface Attempt {
  /** Sends the request and hands the answer to `read`; the timeout covers both. */
  run<T>(read: (response: HttpResponse) => Promise<T>): Promise<T>;
}

function withRetries<T>(settings: Settings, request: HttpRequest, work: (attempt: Attempt) => Promise<T>): Promise<T> {
  const idempotent = request.idempotent ?? IDEMPOTENT.has(request.method ?? 'GET');
  const sendable = !(request.body instanceof Readable);
  return retry(() => work({ run: (read) => attemptOnce(settings, request, read) }), {
    attempts: 1 + (request.retries ?? settings.retries),
    minMs: 100,
    maxMs: 5_000,
    random: settings.random,
    isRetryable: (error) => sendable && isRetryableHttpError(error, idempotent) && request.signal?.aborted !== true,
    retryAfterMs: (error) => (error instanceof HttpError ? error.retryAfterMs : undefined),
  });
}

async function attemptOnce<T>(
  settings: Settings,
  request: HttpRequest,
  read: (response: HttpResponse) => Promise<T>,
): Promise<T> {
  const timeoutMs = request.timeoutMs ?? settings.timeoutMs;
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeoutMs);
  const signal = request.signal === undefined ? deadline.signal : AbortSignal.any([deadline.signal, request.signal]);
  const context = (): FailureContext => ({
    service: settings.name,
    what: `${request.method ?? 'GET'} ${request.path}`,
    timeoutMs,
    callerSignal: request.signal,
    timedOut: deadline.signal.aborted,
  });
  try {
    const answer = await undiciRequest(urlOf(settings, request), {
      ...requestOptions(settings, request, timeoutMs),
      signal,
    });
    if (answer.statusCode < 200 || answer.statusCode > 299) throw await statusError(settings, request, answer);
    return await read({ status: answer.statusCode, headers: answer.headers, body: answer.body });
  } catch (error) {
    throw httpFailure(error, context());
  } finally {
    clearTimeout(timer);
  }
}

function urlOf(settings: Settings, request: HttpRequest): URL {
  const url = new URL(settings.baseUrl + request.path);
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, String(value));
  return url;
}

type UndiciOptions = Omit<Dispatcher.RequestOptions, 'origin' | 'path' | 'method'> & {
  method: string;
  dispatcher: Agent;
};

function requestOptions(settings: Settings, request: HttpRequest, timeoutMs: number): UndiciOptions {
  const { json, body } = request;
  const headers = {
    ...settings.headers,
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    ...request.headers,
  };
  return {
    method: request.method ?? 'GET',
    headers,
    body: json === undefined ? (typeof body === 'function' ? body() : (body ?? null)) : JSON.stringify(json),
    headersTimeout: timeoutMs,
    bodyTimeout: request.idleTimeoutMs ?? timeoutMs,
    dispatcher: settings.agent,
  };
}

async function statusError(
  settings: Settings,
  request: HttpRequest,
  answer: Dispatcher.ResponseData,
): Promise<HttpError> {
  const responseText = await readStart(answer.body);
  const what = `${request.method ?? 'GET'} ${request.path}`;
  const excerpt = responseText.trim().slice(0, 300);
  return new HttpError(
    'LUNA_HTTP_STATUS',
    `${settings.name}: ${what} answered ${answer.statusCode}${excerpt === '' ? '' : `: ${excerpt}`}`,
    {
      service: settings.name,
      upstreamStatus: answer.statusCode,
      responseText,
      retryAfterMs: parseRetryAfter(answer.headers['retry-after'], settings.clock.now().getTime()),
    },
  );
}

async function readStart(body: Readable): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    pieces.push(piece);
    size += piece.length;
    if (size >= ERROR_TEXT_BYTES) break;
  }
  return Buffer.concat(pieces).toString('utf8', 0, ERROR_TEXT_BYTES);
}

async function readText(settings: Settings, response: HttpResponse): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of response.body as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > settings.maxResponseBytes) {
      throw new HttpError(
        'LUNA_HTTP_TOO_LARGE',
        `${settings.name}: the answer is over ${settings.maxResponseBytes} bytes`,
        {
          service: settings.name,
        },
      );
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function parseJson(settings: Settings, request: HttpRequest, body: string): unknown {
  if (body.trim() === '') return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch (error) {
    throw new HttpError('LUNA_HTTP_BODY', `${settings.name}: ${request.path} answered something that is not JSON`, {
      service: settings.name,
      cause: error,
      responseText: body.slice(0, ERROR_TEXT_BYTES),
    });
  }
}
