import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chartCrd } from './chart-crd.ts';
import { typesFromCrd } from './types-from-crd.ts';

export const repository = join(import.meta.dirname, '../..');

/** Every generated file: path from the repository's root, and the text it should have. */
export async function outputs(): Promise<Map<string, string>> {
  const crd = await readFile(join(repository, 'crds/luna-iems.io_lunatenants.yaml'), 'utf8');
  return new Map([
    ['operator/src/generated/luna-tenant.ts', await typesFromCrd(crd)],
    ['charts/luna-operator/templates/crd-lunatenants.yaml', chartCrd(crd)],
  ]);
}

/** The paths whose files differ from what is generated now. */
export async function stale(): Promise<string[]> {
  const checks = [...(await outputs())].map(async ([path, text]) => {
    const present = await readFile(join(repository, path), 'utf8').catch(() => undefined);
    return present === text ? [] : [path];
  });
  return (await Promise.all(checks)).flat();
}
