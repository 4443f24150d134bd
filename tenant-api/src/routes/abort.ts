import type { FastifyReply } from 'fastify';

/** A signal that is aborted when the caller goes away before the answer is complete. */
export function callerGone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new Error('the caller has gone away'));
  });
  return controller.signal;
}
