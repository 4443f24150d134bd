import rateLimit from '@fastify/rate-limit';
import fp from 'fastify-plugin';
import { LunaError } from '@luna-iems/service-kit';

/** Requests per key and minute; what needs no key (probes, metrics) is not counted. */
export const rateLimitPlugin = fp<{ perMinute: number }>(
  async (app, { perMinute }) => {
    await app.register(rateLimit, {
      max: perMinute,
      timeWindow: 60_000,
      // Known keys only: with keys of 256 random bits there is nothing to guess, and behind one proxy all callers share an address.
      allowList: (request) => request.client === null,
      keyGenerator: (request) => request.client?.name ?? request.ip,
      errorResponseBuilder: (_request, context) =>
        new LunaError(
          'LUNA_TOO_MANY_REQUESTS',
          `More than ${context.max} requests a minute with this key; try again in ${context.after}.`,
          { status: 429 },
        ),
    });
  },
  { name: 'rate-limit', dependencies: ['auth'] },
);
