import { fileURLToPath } from 'node:url';
import { writeOrCheck } from '../../../hack/generate/generated-file.ts';
import { openapiYaml } from './document.ts';

writeOrCheck(
  fileURLToPath(new URL('../../openapi.yaml', import.meta.url)),
  await openapiYaml(),
  'tenant-api/openapi.yaml differs from the routes: npm run openapi -w tenant-api',
);
