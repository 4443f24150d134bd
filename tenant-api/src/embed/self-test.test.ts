import { describe, expect, it } from 'vitest';
import { foldDiacritics } from '../text/fold.ts';
import { goldenText, judgeEmbeddings, probeTexts } from './self-test.ts';

const DIMENSIONS = 512;

/** A vector of letter triples: near for texts that share word parts, as a real embedder's are; length 1. */
function trigrams(text: string): number[] {
  const vector = Array<number>(DIMENSIONS).fill(0);
  for (const word of text.toLowerCase().split(/\P{L}+/u)) {
    for (let at = 0; at + 3 <= word.length; at += 1) {
      let hash = 0;
      for (const letter of word.slice(at, at + 3)) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % DIMENSIONS;
      vector[hash] = (vector[hash] ?? 0) + 1;
    }
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((x) => x / length);
}

const vectorsBy = (embed: (text: string) => number[]): Map<string, number[]> =>
  new Map(probeTexts.map((text) => [text, embed(text)]));
const options = { dimensions: DIMENSIONS, uncased: true };
const good = (text: string): number[] => trigrams(foldDiacritics(text));

describe('judgeEmbeddings', () => {
  it('passes an embedder that tells words apart', () =>
    expect(judgeEmbeddings(vectorsBy(good), options)).toEqual({ ok: true, failures: [] }));

  it('refuses one vector for everything', () => {
    const { ok, failures } = judgeEmbeddings(
      vectorsBy(() => good('immer')),
      options,
    );
    expect(ok).toBe(false);
    expect(failures.join()).toContain('come out the same');
  });

  it('refuses a server that turns every word with a diacritic into one token', () => {
    const broken = (text: string): number[] => trigrams(text.replace(/\p{L}*[äöüß]\p{L}*/giu, 'unk'));
    expect(judgeEmbeddings(vectorsBy(broken), options).ok).toBe(false);
  });

  it('refuses a server that makes all capital words one', () => {
    const broken = (text: string): number[] => good(text === text.toUpperCase() ? 'grossbuchstaben' : text);
    expect(judgeEmbeddings(vectorsBy(broken), options).failures.join()).toContain('STROMZAEHLER');
  });

  it('refuses the wrong shape', () => {
    expect(judgeEmbeddings(vectorsBy(good), { ...options, dimensions: 768 }).failures[0]).toContain(
      '512 dimensions, configured are 768',
    );
    expect(
      judgeEmbeddings(
        vectorsBy((text) => good(text).map((x) => x * 2)),
        options,
      ).ok,
    ).toBe(false);
    expect(
      judgeEmbeddings(
        vectorsBy(() => Array<number>(DIMENSIONS).fill(NaN)),
        options,
      ).ok,
    ).toBe(false);
    expect(judgeEmbeddings(new Map(), options).ok).toBe(false);
  });

  it('refuses vectors that no longer fit those of the index', () => {
    expect(judgeEmbeddings(vectorsBy(good), { ...options, golden: good(goldenText) }).ok).toBe(true);
    expect(judgeEmbeddings(vectorsBy(good), { ...options, golden: good('etwas anderes') }).failures.join()).toContain(
      'index was made with',
    );
  });
});
