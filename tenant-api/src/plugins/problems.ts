import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { HttpError, PROBLEM_CONTENT_TYPE, toProblem, LunaError, type Problem } from '@luna-iems/service-kit';
import { DatabaseError } from '@luna-iems/tenant-db';

/** Errors of other parts carry addresses and statements; callers get to know which part it was, and the log has the rest. */
function veiled(error: unknown, problem: Problem): string {
  if (problem.status < 500) return problem.detail;
  if (error instanceof DatabaseError)
    return 'The database does not answer as it should. The request id finds the reason in the log.';
  const { service } = error instanceof LunaError ? (error.details ?? {}) : {};
  if (error instanceof HttpError || service !== undefined) {
    return `The part "${String(service)}" does not answer as it should. The request id finds the reason in the log.`;
  }
  return problem.detail;
}

function validationProblem(error: FastifyError): LunaError | undefined {
  if (!error.validation) return undefined;
  const details = error.validation.map(
    (one) => `${error.validationContext ?? 'request'}${one.instancePath} ${one.message ?? 'is wrong'}`,
  );
  return new LunaError('LUNA_VALIDATION', `${details.join('; ')}.`, { status: 400, cause: error });
}

/** What the router refuses, by Fastify's code. */
const malformedPaths: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL:
    'The path cannot be decoded: a percent sign has to be followed by two hexadecimal digits, and the bytes have to be UTF-8.',
  FST_ERR_MAX_PARAM_LENGTH: 'The path has a part that is longer than any name or id.',
};

/** Fastify says "unsupported" for a body in a format that no parser takes, and throws plain syntax errors for broken JSON. */
function translated(error: FastifyError): unknown {
  if (error.code === 'FST_ERR_CTP_INVALID_JSON_BODY' || (error instanceof SyntaxError && error.statusCode === 400)) {
    return new LunaError('LUNA_MALFORMED_JSON', 'The body is not valid JSON.', { status: 400, cause: error });
  }
  if (error.code === 'FST_ERR_CTP_EMPTY_JSON_BODY')
    return new LunaError('LUNA_MALFORMED_JSON', 'The body is empty; JSON is expected.', { status: 400 });
  const path = malformedPaths[error.code];
  if (path !== undefined) return new LunaError('LUNA_MALFORMED_PATH', path, { status: 400, cause: error });
  return validationProblem(error) ?? error;
}

async function send(reply: FastifyReply, problem: Problem): Promise<void> {
  await reply.code(problem.status).type(PROBLEM_CONTENT_TYPE).serializer(JSON.stringify).send(problem);
}

/** Answers for whatever was thrown while a request was at work, and for what the router refuses before any of our code has seen it. */
export async function answerError(thrown: FastifyError, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const error = translated(thrown);
  const problem = toProblem(error);
  // Nobody reads the answer to a caller who has gone away, and nothing is wrong with us.
  const ours = problem.status >= 500 && problem.status !== 501 && !reply.raw.destroyed;
  request.log[ours ? 'error' : 'debug']({ err: thrown, code: problem.code }, 'request failed');
  // Closing at once would reset the connection under a client that is still writing, before it has read why it was refused.
  // Kept open, Node reads what is left of the body and drops it, for as long as a request may take.
  if (problem.status === 413) reply.removeHeader('connection');
  await send(reply, { ...problem, detail: veiled(error, problem), requestId: request.id });
}

/** Every error leaves as application/problem+json with a code and the request's id; what happened inside stays inside. */
export const problemsPlugin = fp(
  async (app) => {
    app.setErrorHandler(answerError);
    app.setNotFoundHandler(async (request, reply) => {
      const error = new LunaError(
        'LUNA_NOT_FOUND',
        `There is no ${request.method} ${request.url.split('?')[0] ?? ''}.`,
        { status: 404 },
      );
      await send(reply, { ...toProblem(error), requestId: request.id });
    });
  },
  { name: 'problems' },
);
