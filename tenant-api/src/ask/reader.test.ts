import { createManualClock, createSilentLogger } from '@luna-iems/service-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conviction, judgeReading, readings } from './reading-self-test.ts';
import { createReader, type Reader } from './reader.ts';
import { logOdds, readingMessages } from './reading-prompt.ts';

const { signal } = new AbortController();
const clock = createManualClock('2026-01-01T00:00:00Z');

/** A model that says yes with the chance that `chanceOf` gives for what it was asked last. */
function readerOf(
  chanceOf: (asked: string) => number | undefined,
  digest = () => 'a',
): { reader: Reader; asked: string[]; noted: [string, number][] } {
  const asked: string[] = [];
  const noted: [string, number][] = [];
  const reader = createReader({
    ollama: { models: () => Promise.resolve([{ name: 'reads:latest', digest: digest() }]) },
    model: {
      firstTokens: async ({ messages, signal: end }) => {
        const last = messages.at(-1)?.content ?? '';
        asked.push(last);
        clock.advance(1000);
        end.throwIfAborted();
        if (last.includes('hangs'))
          return new Promise((_, reject) => end.addEventListener('abort', () => reject(end.reason as Error)));
        const chance = chanceOf(last);
        return new Map(
          chance === undefined
            ? [['Strom', 1]]
            : [
                ['yes', chance],
                [' No', 1 - chance],
              ],
        );
      },
    },
    name: 'reads',
    log: createSilentLogger(),
    clock,
    timeoutMs: 20,
    observe: (part, seconds) => void noted.push([part, seconds]),
  });
  return { reader, asked, noted };
}

/** Lets a reader read for one question, to the end unless it is told what is enough. */
const read = (
  reader: Reader,
  passages: readonly string[],
  end = signal,
  enough = (_: number): boolean => false,
): Promise<number | undefined> =>
  reader.read({ question: 'Was?', passages: () => Promise.resolve(passages), enough, signal: end });

/** Knows the test's answers; of all else it thinks as `otherwise` says. */
const knows = (otherwise: number) => (asked: string) => {
  const known = readings.find(({ passage, question }) => asked.includes(passage) && asked.endsWith(question));
  return known === undefined ? otherwise : known.answers ? 0.7 : 0.2;
};

describe('a reader', () => {
  it('is not heard before it was tested', async () => {
    const { reader, asked } = readerOf(knows(0.7));
    expect(await read(reader, ['Dies.'])).toBeUndefined();
    expect(asked).toEqual([]);
    expect(reader.status()).toEqual({ model: 'reads', selfTest: 'pending' });
  });
  it('that passes is heard, for and against, and no answer hangs on it alone', async () => {
    const { reader } = readerOf((asked) =>
      asked.includes('\nJa.') ? 0.7 : asked.includes('\nNein.') ? 0.2 : knows(0.4)(asked),
    );
    await reader.check(signal);
    expect(reader.status()).toEqual({ model: 'reads', selfTest: 'passed', right: 1 });
    expect(await read(reader, ['Ja.'])).toBe(3);
    expect(await read(reader, ['Nein.'])).toBe(-3);
  });
  it('is as convinced as the passage that convinces it most', async () => {
    const { reader } = readerOf((asked) => (asked.includes('\nJa.') ? 0.7 : knows(0.2)(asked)));
    await reader.check(signal);
    expect(await read(reader, ['Dies.', 'Ja.', 'Jenes.'])).toBe(3);
  });
  it('reads until it is convinced enough, and no further', async () => {
    const { reader, asked } = readerOf((said) => (said.includes('\nJa.') ? 0.7 : knows(0.2)(said)));
    await reader.check(signal);
    const before = asked.length;
    const heard = await read(reader, ['Dies.', 'Ja.', 'Jenes.', 'Anderes.'], signal, (conviction) => conviction > 2);
    expect([heard, asked.length - before]).toEqual([3, 2]);
  });
  it('tells how long it read, choosing what to read and its test not counted', async () => {
    const { reader, noted } = readerOf(knows(0.7));
    expect(await read(reader, ['Dies.'])).toBeUndefined();
    await reader.check(signal);
    const choosing = (): Promise<string[]> => {
      clock.advance(5000);
      return Promise.resolve(['Dies.', 'Jenes.']);
    };
    await reader.read({ question: 'Was?', passages: choosing, enough: () => false, signal });
    expect(noted).toEqual([['reading', 2]]);
  });
  it('that guesses, always agrees, or says neither yes nor no is not heard', async () => {
    for (const chance of [
      (asked: string) => (asked.length % 7) / 7,
      (): number => 0.9,
      (): undefined => undefined,
      (asked: string) => 1 - (knows(0)(asked) || 0.5),
    ]) {
      const { reader } = readerOf(chance);
      await reader.check(signal);
      expect(reader.status().selfTest).toBe('failed');
      expect(await read(reader, ['Dies.'])).toBeUndefined();
    }
  });
  it('that says neither yes nor no is right in no part of its test', async () => {
    const { reader } = readerOf(() => undefined);
    await reader.check(signal);
    expect(reader.status()).toEqual({ model: 'reads', selfTest: 'failed' });
  });
  it('is tested once, and anew when the model is another one', async () => {
    let digest = 'a';
    const { reader, asked } = readerOf(knows(0.7), () => digest);
    await reader.check(signal);
    await reader.check(signal);
    expect(asked.length).toBe(readings.length);
    digest = 'b';
    await reader.check(signal);
    expect(asked.length).toBe(2 * readings.length);
  });
  it('that does not answer in time is left alone for a minute', async () => {
    const { reader, asked } = readerOf(knows(0.7));
    await reader.check(signal);
    await expect(read(reader, ['It hangs.'])).rejects.toThrow('timeout');
    const before = asked.length;
    expect(await read(reader, ['Dies.'])).toBeUndefined();
    expect(asked.length).toBe(before);
    clock.advance(60_000);
    expect(await read(reader, ['Dies.'])).toBe(3);
  });
  it('that is left by whoever asked is asked again at once', async () => {
    const { reader } = readerOf(knows(0.7));
    await reader.check(signal);
    const left = new AbortController();
    const asking = read(reader, ['It hangs.'], left.signal);
    left.abort(new Error('the caller left'));
    await expect(asking).rejects.toThrow('the caller left');
    expect(await read(reader, ['Dies.'])).toBe(3);
  });
  it('that the server does not have cannot be tested', async () => {
    const { reader } = readerOf(knows(0.7));
    const other = createReader({
      ollama: { models: () => Promise.resolve([]) },
      model: { firstTokens: () => Promise.reject(new Error('not asked')) },
      name: 'reads',
      log: createSilentLogger(),
      clock,
      timeoutMs: 20,
      observe: () => undefined,
    });
    await expect(other.check(signal)).rejects.toThrow('the server has no model "reads"');
    expect(reader.status().selfTest).toBe('pending');
  });
});

describe('what the model is told', () => {
  it('begins alike for every question, so that the server reads the beginning once', () => {
    const [a, b] = [
      readingMessages({ passage: 'Eins.', question: 'Was?' }),
      readingMessages({ passage: 'Two.', question: 'What?' }),
    ];
    expect(a.slice(0, -1)).toEqual(b.slice(0, -1));
    expect(a.at(-1)).toEqual({ role: 'user', content: 'Passage:\nEins.\n\nQuestion: Was?' });
  });
  it('shares nothing with what it is tested by', () => {
    const told = readingMessages({ passage: '', question: '' })
      .map((one) => one.content)
      .join('\n');
    for (const { passage, question } of readings) expect(told).not.toMatch(new RegExp(`${question}|${passage}`, 'u'));
  });
});

describe('log-odds', () => {
  it('add up whatever way yes and no are written', () => {
    const chances = new Map([
      ['Yes', 0.3],
      [' yes', 0.1],
      ['Ja', 0.1],
      ['no', 0.25],
      ['Maybe', 0.25],
    ]);
    expect(logOdds(chances)).toBeCloseTo(Math.log(2), 4);
  });
  it('are finite where only one of them is likely', () => {
    expect(logOdds(new Map([['yes', 1]]))).toBeGreaterThan(10);
    expect(logOdds(new Map([['no', 1]]))).toBeLessThan(-10);
  });
});

describe('the test of a reader', () => {
  it('has as many questions that are answered as questions that are not', () =>
    expect(readings.filter((one) => one.answers).length * 2).toBe(readings.length));
  it('makes the word of a model that tells answers apart better worth more', () => {
    const slopeOf = (noise: number): number =>
      judgeReading(readings.map(({ answers }, at) => (answers ? 1 : 0) + noise * ((at * 0.618) % 1))).scale?.slope ?? 0;
    expect(slopeOf(1)).toBeGreaterThan(slopeOf(2));
    expect(slopeOf(2)).toBeGreaterThan(0);
  });
  it('property: does not depend on how a model scales its odds', () => {
    const odds = fc.array(fc.integer({ min: -50, max: 50 }), {
      minLength: readings.length,
      maxLength: readings.length,
    });
    fc.assert(
      fc.property(odds, fc.integer({ min: 1, max: 8 }), fc.integer({ min: -9, max: 9 }), (told, by, to) => {
        const moved = told.map((one) => one * by + to);
        const [before, after] = [judgeReading(told), judgeReading(moved)];
        expect(after.right).toBe(before.right);
        expect(after.scale === undefined).toBe(before.scale === undefined);
        if (before.scale && after.scale)
          expect(conviction(moved[0] ?? 0, after.scale)).toBeCloseTo(conviction(told[0] ?? 0, before.scale), 3);
      }),
    );
  });
});
