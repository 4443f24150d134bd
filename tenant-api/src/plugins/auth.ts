import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { LunaError } from '@luna-iems/service-kit';
import type { ApiClient, ApiKeys, Scope } from '../auth/api-keys.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scope a key needs for this route; `public` for none. A route that names neither cannot be made. */
    access?: Scope | 'public';
  }
  interface FastifyRequest {
    client: ApiClient | null;
  }
}

const bearer = /^Bearer +([\w.~+/-]+=*)$/iu;

function unauthenticated(detail: string): LunaError {
  return new LunaError('LUNA_UNAUTHENTICATED', detail, { status: 401 });
}

async function authenticate(keys: ApiKeys, request: FastifyRequest): Promise<ApiClient> {
  const key = bearer.exec(request.headers.authorization ?? '')?.[1];
  if (key === undefined) throw unauthenticated('An API key is needed: Authorization: Bearer luna_….');
  const client = await keys.find(key);
  if (!client) throw unauthenticated('This API key is not known.');
  return client;
}

/** Asks every route but the public ones for a key with the route's scope. */
export const authPlugin = fp<{ keys: ApiKeys }>(
  async (app, { keys }) => {
    app.decorateRequest('client', null);
    app.addHook('onRoute', (route) => {
      if (route.config?.access === undefined)
        throw new Error(`the route ${route.url} says neither which scope it needs nor that it is public`);
    });
    app.addHook('onRequest', async (request, reply) => {
      const access = request.routeOptions.config.access;
      // Only the handler for unknown paths has no route.
      if (access === undefined || access === 'public') return;
      try {
        request.client = await authenticate(keys, request);
      } catch (error) {
        if (error instanceof LunaError && error.status === 401) reply.header('www-authenticate', 'Bearer realm="luna"');
        throw error;
      }
      if (!request.client.scopes.has(access)) {
        throw new LunaError('LUNA_FORBIDDEN', `This API key lacks the scope "${access}".`, { status: 403 });
      }
    });
  },
  { name: 'auth' },
);
