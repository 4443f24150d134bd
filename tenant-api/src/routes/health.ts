import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Metrics } from '@luna-iems/service-kit';
import { Live, Ready } from '../schemas/status.ts';
import type { Supervisor } from '../status/supervisor.ts';

export interface HealthDeps {
  supervisor: Supervisor;
  metrics: Metrics;
}

const open = { access: 'public' } as const;

/** Probes and metrics: without a key, reachable only where a NetworkPolicy lets them. */
export const healthRoutes: FastifyPluginAsyncTypebox<HealthDeps> = async (app, { supervisor, metrics }) => {
  app.get(
    '/health/live',
    {
      config: open,
      schema: { operationId: 'live', tags: ['operations'], summary: 'The process answers', response: { 200: Live } },
    },
    async () => ({ status: 'ok' as const }),
  );
  for (const [url, operationId] of [
    ['/health', 'health'],
    ['/health/ready', 'ready'],
  ] as const) {
    app.get(
      url,
      {
        config: open,
        schema: {
          operationId,
          tags: ['operations'],
          summary: 'Requests can be served',
          response: { 200: Ready, 503: Ready },
        },
      },
      async (_request, reply) => {
        const { ready, reasons } = supervisor.readiness();
        return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not_ready', reasons });
      },
    );
  }
  app.get(
    '/metrics',
    { config: open, schema: { operationId: 'metrics', tags: ['operations'], summary: 'Prometheus metrics' } },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  );
};
