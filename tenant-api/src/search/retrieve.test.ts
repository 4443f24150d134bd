import { createManualClock, createSilentLogger } from '@luna-iems/service-kit';
import { expect, it } from 'vitest';
import { retrieve, type RetrieveDeps } from './retrieve.ts';

const chunk = (chunkId: string): object => ({
  ...{
    chunkId,
    chunkIdx: 0,
    text: `Text von ${chunkId}`,
    metadata: {},
    itemId: 'i',
    version: 2,
    title: 't',
    source: 's',
  },
  ...{ tags: [], url: null, language: 'de' },
});

/** A search that finds `found[n]` the n-th time, over a database in which only `live` is left. */
function world(
  found: readonly (readonly string[])[],
  live: readonly string[],
): { deps: RetrieveDeps; searches: () => number } {
  let searches = 0;
  const deps = {
    index: {
      search: async () => {
        const ids = found[Math.min(searches, found.length - 1)] ?? [];
        searches += 1;
        return { lexical: ids.map((id, n) => ({ id, score: 9 - n })), dense: [] };
      },
    },
    db: {
      query: async ({ values }: { values: unknown[] }) =>
        (values[0] as string[]).filter((id) => live.includes(id)).map(chunk),
    },
    profile: () => {
      throw new Error('nothing can be embedded');
    },
    denseShare: () => 0,
    understands: () => false,
    observe: () => undefined,
    log: createSilentLogger(),
    clock: createManualClock(new Date(0)),
  };
  return { deps: deps as unknown as RetrieveDeps, searches: () => searches };
}

const request = { question: 'Was?', language: 'de', filter: {}, topK: 5 } as const;

it('looks again when what it found was replaced before it could be read', async () => {
  const { deps, searches } = world([['alt'], ['neu']], ['neu']);
  expect((await retrieve(deps, request)).passages.map((passage) => passage.chunkId)).toEqual(['neu']);
  expect(searches()).toBe(2);
});

it('looks once when all is there, and not for ever when something stays dead', async () => {
  const well = world([['neu']], ['neu']);
  await retrieve(well.deps, request);
  expect(well.searches()).toBe(1);
  const dead = world([['tot', 'neu']], ['neu']);
  expect((await retrieve(dead.deps, request)).passages.map((passage) => passage.chunkId)).toEqual(['neu']);
  expect(dead.searches()).toBe(3);
});

it('fetches the text of what it shows, and of the rest only to fill places of what is dead or over the cap', async () => {
  const found = ['a', 'b', 'c', 'd'];
  const idsOf = async (live: readonly string[], more: object): Promise<unknown[]> => {
    const { deps } = world([found], live);
    const read: unknown[] = [];
    const query = deps.db.query.bind(deps.db);
    const db = {
      query: (statement: { values: unknown[] }) => (read.push(statement.values[0]), query(statement as never)),
    };
    const { passages } = await retrieve({ ...deps, db } as unknown as RetrieveDeps, { ...request, topK: 2, ...more });
    return [...read, passages.map((passage) => passage.chunkId)];
  };
  expect(await idsOf(found, {})).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
  expect(await idsOf(found, { maxPerItem: 1 })).toEqual([found, ['a']]);
  expect((await idsOf(['b', 'c'], {})).slice(-2)).toEqual([found, ['b', 'c']]);
});
