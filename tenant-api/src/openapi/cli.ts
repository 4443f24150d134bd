import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openapiYaml } from './document.ts';

const path = fileURLToPath(new URL('../../openapi.yaml', import.meta.url));
const made = await openapiYaml();

if (process.argv.includes('--check')) {
  const committed = await readFile(path, 'utf8').catch(() => '');
  if (committed !== made) {
    console.error('tenant-api/openapi.yaml differs from the routes: npm run openapi -w tenant-api');
    process.exitCode = 1;
  }
} else {
  await writeFile(path, made);
}
