import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { recommend, type RecommendDeps } from '../recommend/recommend.ts';
import { guarded, problems, ref } from '../schemas/common.ts';
import { RecommendationsSchema, RecommendBody } from '../schemas/recommend.ts';
import { cleanText } from '../text/clean.ts';
import { callerGone } from './abort.ts';

/** `POST /recommend` */
export const recommendRoute: FastifyPluginAsyncTypebox<RecommendDeps> = async (app, deps) => {
  app.post(
    '/recommend',
    {
      config: { access: 'ask' },
      schema: {
        operationId: 'recommend',
        tags: ['ask'],
        summary: 'Documents for a user',
        description:
          'Ranks the documents by what a user did with others before (`/ingest/telemetry`), by what they look at or write, and by tags. Nothing leaves the tenant, and nothing is stored.',
        security: [{ apiKey: ['ask'] }],
        body: RecommendBody,
        response: { 200: ref(RecommendationsSchema), ...problems(400, 413, 415, 502, 504, ...guarded) },
      },
    },
    async (request, reply) => {
      const { limit = 10, includeSeen = false, text, ...rest } = request.body;
      const signal = callerGone(reply);
      return recommend(deps, {
        ...{ ...rest, limit, includeSeen, signal },
        ...(text === undefined ? {} : { text: cleanText(text) }),
      });
    },
  );
};
