import { createSilentLogger } from '@luna-iems/service-kit';
import { stringify } from 'yaml';
import { buildApp } from '../app.ts';
import { readConfig } from '../config.ts';
import { createServices } from '../services.ts';
import { apiVersion } from '../version.ts';

/** Nothing is contacted while routes are only described. */
const nowhere = 'http://127.0.0.1:1';

/** The OpenAPI document of this build as YAML, with keys in a fixed order. */
export async function openapiYaml(): Promise<string> {
  const config = readConfig({
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/luna',
    QDRANT_URL: nowhere,
    TIKA_URL: nowhere,
    OLLAMA_URL: nowhere,
    EMBEDDING_MODEL: 'all-minilm',
  });
  const services = createServices({ config, log: createSilentLogger(), env: {}, version: apiVersion });
  const app = await buildApp(services.app);
  try {
    await app.ready();
    return stringify(JSON.parse(JSON.stringify(app.swagger())), { lineWidth: 120, aliasDuplicateObjects: false });
  } finally {
    await app.close();
    await services.close();
  }
}
