import fp from 'fastify-plugin';
import type { Metrics } from '@luna-iems/service-kit';

/** One log line and one observation for every request; probes are counted but not logged. */
export const observePlugin = fp<{ metrics: Metrics }>(
  async (app, { metrics }) => {
    app.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', request.id));
    app.addHook('onResponse', async (request, reply) => {
      const route = request.routeOptions.url ?? 'unknown';
      const { method } = request;
      const status = reply.statusCode;
      const seconds = reply.elapsedTime / 1000;
      metrics.observeHttp({ method, route, status, seconds });
      const quiet = request.routeOptions.config.access === 'public';
      request.log[quiet ? 'debug' : 'info'](
        { method, route, status, ms: Math.round(reply.elapsedTime), client: request.client?.name },
        'request',
      );
    });
  },
  { name: 'observe' },
);
