import swagger from '@fastify/swagger';
import fp from 'fastify-plugin';
import { AnswerSchema, CitationSchema, PassageSchema } from '../schemas/ask.ts';
import { Problem } from '../schemas/common.ts';
import { Job } from '../schemas/ingest.ts';
import { ItemSchema } from '../schemas/items.ts';
import { MeterSeries, MetersPage, PriceSeries, PriceSeriesList } from '../schemas/series.ts';
import { SeriesPut } from '../schemas/series-in.ts';
import { RecommendationsSchema } from '../schemas/recommend.ts';
import { SimStatus } from '../schemas/sim.ts';
import { StatusSummary } from '../schemas/status.ts';

const description = [
  'Luna-IEMS for one tenant: documents in, answers with sources out, and control of the simulation.',
  'Keys go as `Authorization: Bearer luna_…`; each operation names its scope. Errors are application/problem+json with a stable `code`.',
].join('\n\n');

/** Collects the routes' schemas into an OpenAPI 3.1 document, served as /openapi.json. */
export const openapiPlugin = fp<{ version: string }>(
  async (app, { version }) => {
    for (const schema of [
      Problem,
      Job,
      CitationSchema,
      PassageSchema,
      AnswerSchema,
      RecommendationsSchema,
      ItemSchema,
      MeterSeries,
      MetersPage,
      PriceSeries,
      PriceSeriesList,
      SeriesPut,
      SimStatus,
      StatusSummary,
    ])
      app.addSchema(schema);
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'Luna-IEMS tenant API',
          version,
          description,
          license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
        },
        components: {
          securitySchemes: {
            apiKey: {
              type: 'http',
              scheme: 'bearer',
              description: 'An API key of the tenant. Scopes: ingest, ask, read, operate.',
            },
          },
        },
        tags: [
          { name: 'ingest', description: 'Documents, events, readings and prices in' },
          { name: 'ask', description: 'Answers out' },
          { name: 'items', description: 'What was ingested' },
          { name: 'series', description: 'Meters and prices, by the row or by minutes, quarter-hours, hours, days' },
          { name: 'simulation', description: 'Meters and prices until live sources are attached' },
          { name: 'operations', description: 'Health, metrics, status' },
        ],
      },
      refResolver: {
        buildLocalReference: (json, _base, _fragment, index) =>
          typeof json.$id === 'string' ? json.$id : `schema-${index}`,
      },
    });
    app.get('/openapi.json', { schema: { hide: true }, config: { access: 'public' } }, async () => app.swagger());
  },
  { name: 'openapi', dependencies: ['auth'] },
);
