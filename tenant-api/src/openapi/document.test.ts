import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openapiYaml } from './document.ts';

interface Operation {
  operationId?: string;
  security?: unknown[];
  responses: Record<string, unknown>;
}

describe('openapi.yaml', () => {
  it('is what the routes say: npm run openapi -w tenant-api', async () => {
    const committed = await readFile(new URL('../../openapi.yaml', import.meta.url), 'utf8');
    expect(committed).toBe(await openapiYaml());
  });
  it('names every operation, its scope and its problems', async () => {
    const { paths, openapi } = parse(await openapiYaml()) as {
      openapi: string;
      paths: Record<string, Record<string, Operation>>;
    };
    expect(openapi).toBe('3.1.0');
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.values(methods).map((operation) => ({ path, operation })),
    );
    const open = ['/health', '/health/live', '/health/ready', '/metrics'];
    for (const { path, operation } of operations) {
      expect(operation.operationId, path).toBeTypeOf('string');
      if (open.includes(path)) continue;
      expect(operation.security, path).toHaveLength(1);
      expect(Object.keys(operation.responses), path).toEqual(expect.arrayContaining(['401', '403', '429']));
    }
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  });
});
