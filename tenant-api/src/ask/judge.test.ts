import { createSilentLogger } from '@luna-iems/service-kit';
import { describe, expect, it } from 'vitest';
import { judge, type Judgement } from './judge.ts';
import type { Reader, ToRead } from './reader.ts';
import type { Nearness } from './nearness.ts';
import { evidenceOf, mayChange, type Evidence, type Support } from './refusal.ts';

const { signal } = new AbortController();
const passages = ['Eins.', 'Zwei.', 'Drei.', 'Vier.'].map((text, chunkIdx) => ({
  ...{ chunkId: text, chunkIdx, itemId: 'i', title: 'Handbuch', source: 's', score: 1, text },
  places: [{ at: 0, headings: [] }],
}));
const support = (at: number, nameless = false): Support => ({ at, nameless, found: 0.5, nearest: undefined });

/** What is judged beside a reader that says `word`, what it was given to read, and how often sentences were compared for it. */
async function judged(
  word: number | undefined | Error,
  given: Support,
  end: AbortSignal = signal,
): Promise<Judgement & { read: string[]; enough: ToRead['enough']; compared: number }> {
  const read: string[] = [];
  let compared = 0;
  const nearness = (): Promise<Nearness> => {
    compared += 1;
    return Promise.resolve(new Map());
  };
  const asked: ToRead['enough'][] = [];
  const reader: Reader = {
    read: async ({ passages: texts, enough }) => {
      if (word instanceof Error) throw word;
      if (word === undefined) return undefined;
      read.push(...(await texts()));
      asked.push(enough);
      return word;
    },
    check: () => Promise.resolve(),
    status: () => ({ model: 'reads', selfTest: 'passed' }),
  };
  const deps = { reader, log: createSilentLogger() };
  return {
    ...(await judge(deps, given, {
      ...{ question: 'Was?', language: 'de', passages, candidates: [], nearness },
      signal: end,
    })),
    read,
    enough: (heard) => asked.some((enough) => enough(heard)),
    compared,
  };
}

describe('evidence with a reader', () => {
  it('is what it makes of a doubt, having read the best passages under their titles', async () => {
    const read = ['Handbuch\n\nEins.', 'Handbuch\n\nZwei.', 'Handbuch\n\nDrei.'];
    expect(await judged(3, support(0.5))).toMatchObject({ evidence: 'clear', conviction: 3, read, compared: 1 });
    expect((await judged(-3, support(0.5))).evidence).toBe('none');
  });
  it('is that of words and vectors where it has no word, or is away', async () => {
    const silent = await judged(undefined, support(0.5));
    expect(silent).toMatchObject({ evidence: 'doubtful', compared: 0 });
    expect(silent).not.toHaveProperty('conviction');
    expect((await judged(new Error('gone'), support(0.5))).evidence).toBe('doubtful');
    expect((await judged(new Error('gone'), support(1.1))).evidence).toBe('clear');
  });
  it('is not asked for where its word could change nothing', async () => {
    for (const at of [-Infinity, -9, 9]) expect((await judged(0, support(at))).read).toEqual([]);
    expect([-Infinity, -9, 9].map((at) => mayChange(support(at)))).toEqual([false, false, false]);
  });
  it('is doubtful at best where something is asked for by a name that no passage has', async () => {
    expect((await judged(3, support(0, true))).evidence).toBe('doubtful');
    expect((await judged(-3, support(0, true))).evidence).toBe('none');
  });
  it('reads no further than it takes for an answer', async () => {
    const { enough } = await judged(0, support(0.5));
    expect([-3, 0.7, 0.9, 3].map(enough)).toEqual([false, false, true, true]);
    const { enough: nameless } = await judged(0, support(0, true));
    expect([-3, -0.9, -0.7].map(nameless)).toEqual([false, false, true]);
  });
  it('ends with the question', async () => {
    const gone = AbortSignal.abort(new Error('the caller left'));
    await expect(judged(new Error('aborted'), support(0.5), gone)).rejects.toThrow('the caller left');
  });
  it('only grows with the conviction', () => {
    const order: Evidence[] = ['none', 'doubtful', 'clear'];
    for (const at of [-1, -0.3, 0, 0.4, 1, 1.6]) {
      const ranks = [-3, -1, 0, 1, 3].map((word) => order.indexOf(evidenceOf(support(at), word)));
      expect(ranks).toEqual(ranks.toSorted());
    }
  });
});
