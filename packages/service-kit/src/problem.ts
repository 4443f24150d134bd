import { STATUS_CODES } from 'node:http';
import { isLunaError } from './errors.ts';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

/** RFC 9457 problem document with Luna's stable code. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly [extension: string]: unknown;
}

const CODES: Readonly<Record<number, string>> = {
  400: 'LUNA_BAD_REQUEST',
  401: 'LUNA_UNAUTHENTICATED',
  403: 'LUNA_FORBIDDEN',
  404: 'LUNA_NOT_FOUND',
  405: 'LUNA_METHOD_NOT_ALLOWED',
  406: 'LUNA_NOT_ACCEPTABLE',
  408: 'LUNA_REQUEST_TIMEOUT',
  409: 'LUNA_CONFLICT',
  413: 'LUNA_TOO_LARGE',
  415: 'LUNA_UNSUPPORTED_MEDIA_TYPE',
  422: 'LUNA_UNPROCESSABLE',
  429: 'LUNA_TOO_MANY_REQUESTS',
  500: 'LUNA_INTERNAL',
  501: 'LUNA_NOT_IMPLEMENTED',
  502: 'LUNA_UPSTREAM',
  503: 'LUNA_UNAVAILABLE',
  504: 'LUNA_UPSTREAM_TIMEOUT',
};

/**
 * The one place where an error becomes an answer. A LunaError speaks for itself; an error with a 4xx `statusCode`
 * (Fastify's own) keeps its message; everything else is a 500 that tells the caller nothing about our inside.
 */
export function toProblem(error: unknown): Problem {
  if (isLunaError(error)) {
    return { ...error.details, ...problem(error.status, error.message), code: error.code };
  }
  const status = foreignStatus(error);
  if (status !== undefined && status < 500) return problem(status, (error as Error).message);
  if (status !== undefined && status !== 500) return problem(status, STATUS_CODES[status] ?? 'Unavailable');
  return problem(500, 'Something went wrong on our side. The request id in the response header finds it in the log.');
}

function problem(status: number, detail: string): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    code: CODES[status] ?? (status < 500 ? 'LUNA_BAD_REQUEST' : 'LUNA_INTERNAL'),
  };
}

function foreignStatus(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { statusCode } = error as { statusCode?: unknown };
  const valid = typeof statusCode === 'number' && Number.isInteger(statusCode) && statusCode >= 400 && statusCode < 600;
  return valid ? statusCode : undefined;
}
