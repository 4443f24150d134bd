import { afterAll, beforeAll, expect, it } from 'vitest';
import { QdrantClient } from '@qdrant/js-client-rest';
import { startEvalTenant, type EvalTenant } from '../eval/eval-tenant.ts';

/** Some two hundred texts are embedded: seconds on a machine of its own, minutes on a busy one. */
const TIMEOUT_MS = 600_000;

let tenant: EvalTenant;
let qdrant: QdrantClient;

beforeAll(async () => {
  tenant = await startEvalTenant(process.env);
  qdrant = new QdrantClient({
    url: process.env['QDRANT_URL'] ?? '',
    headers: { 'api-key': process.env['QDRANT_API_KEY'] ?? '' },
    checkCompatibility: false,
  });
});

afterAll(async () => {
  await tenant.close();
  const { collections } = await qdrant.getCollections();
  for (const { name } of collections) await qdrant.deleteCollection(name);
});

/** Sections that are each a chunk of their own. */
const sections = (sentence: (n: number) => string): string =>
  Array.from({ length: 30 }, (_, n) => `## Teil ${n}\n\n${sentence(n)} ${sentence(n + 100)} ${sentence(n + 200)}`).join(
    '\n\n',
  );

async function cutOf(source: string): Promise<unknown> {
  const filter = { must: [{ key: 'source', match: { value: source } }] };
  const { points } = await qdrant.scroll('chunks', { filter, with_payload: true });
  return points[0]?.payload?.['cut'];
}

async function lexical(text: string): Promise<string[]> {
  const asked = { text, language: 'de' as const, filter: { source: 'frueh.txt' }, limit: 5 };
  return (await tenant.services.app.index.search(asked)).lexical.map((hit) => hit.id);
}

it(
  "learns the words of the documents, brings early chunks up to them, and measures the share on the tenant's own chunks",
  { timeout: TIMEOUT_MS },
  async () => {
    const early = 'Der Notkühlwasserhahn befindet sich hinter dem Kessel im Keller.';
    expect(await tenant.upload('frueh.txt', early, { language: 'de' })).toBe('done');
    const before = await cutOf('frueh.txt');
    expect(before).toBeTypeOf('string');
    expect(await lexical('Kühlwasser')).toEqual([]);

    const later = sections(
      (n) =>
        `Im Bau ${n} ist der Hahn für das Wasser kühl zu halten, und in der Not hilft das Kühlwasser aus Behälter ${n * 7}.`,
    );
    expect(await tenant.upload('spaeter.md', `# Hähne\n\n${later}`, { language: 'de' })).toBe('done');
    await tenant.services.tuner.check();

    expect(await cutOf('frueh.txt')).not.toBe(before);
    expect(await lexical('Kühlwasser')).toHaveLength(1);
    const { words, competence, shares } = tenant.services.tuner.status();
    expect(words).toBeGreaterThan(10);
    // all-MiniLM is an English model: this is what the share follows.
    expect(competence.en ?? 0).toBeGreaterThan(0.8);
    expect(competence.de ?? 1).toBeLessThan(0.5);
    expect(shares.de?.trials).toBeGreaterThanOrEqual(24);
    expect(shares.de?.fused).toBeGreaterThanOrEqual(Math.max(shares.de?.lexical ?? 1, shares.de?.dense ?? 1) - 0.021);
    expect(shares.en).toBeUndefined();
  },
);
