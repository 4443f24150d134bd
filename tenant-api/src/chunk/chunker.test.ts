import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block } from '../extract/blocks.ts';
import { chunkDocument, placeAt, splitChunk, type ChunkerOptions } from './chunker.ts';
import { createTokenCounter } from './tokens.ts';

const count = createTokenCounter(3);
const options: ChunkerOptions = { maxTokens: 40, overlapTokens: 8, language: 'de', count };
const paragraph = (text: string, page?: number): Block => ({
  kind: 'paragraph',
  text,
  ...(page === undefined ? {} : { page }),
});
const heading = (level: number, text: string, page?: number): Block => ({
  kind: 'heading',
  level,
  text,
  ...(page === undefined ? {} : { page }),
});
const sentence = (n: number): string => `Satz Nummer ${n} sagt etwas über die Anlage aus.`;

describe('chunkDocument', () => {
  it('begins a chunk at a heading and keeps the path of headings', () => {
    const long = [1, 2].map(sentence).join(' ');
    const chunks = chunkDocument(
      [heading(1, 'Anlage'), heading(2, 'Betrieb'), paragraph(long), heading(2, 'Wartung'), paragraph(long)],
      options,
    );
    expect(chunks.map((chunk) => chunk.text.split('\n')[0])).toEqual(['Anlage', 'Wartung']);
    const [first, second] = chunks;
    expect(placeAt(first?.places ?? [], first?.text.indexOf('Satz') ?? 0).headings).toEqual(['Anlage', 'Betrieb']);
    expect(placeAt(second?.places ?? [], 0).headings).toEqual(['Anlage', 'Wartung']);
  });

  it('gives small sections one chunk, and each still its own place', () => {
    const [chunk, ...rest] = chunkDocument(
      [heading(2, 'A', 1), paragraph('Kurz.', 1), heading(2, 'B', 2), paragraph('Auch kurz.', 2)],
      options,
    );
    expect(rest).toEqual([]);
    expect(placeAt(chunk?.places ?? [], chunk?.text.indexOf('Kurz.') ?? 0)).toMatchObject({ headings: ['A'], page: 1 });
    expect(placeAt(chunk?.places ?? [], chunk?.text.indexOf('B') ?? 0)).toMatchObject({ headings: ['B'], page: 2 });
  });

  it('repeats a sentence at the border, not a table', () => {
    const small = { ...options, overlapTokens: 20 };
    const prose = chunkDocument([paragraph([1, 2, 3].map(sentence).join(' '))], small);
    expect(prose.length).toBeGreaterThan(1);
    expect(prose[1]?.text.startsWith(sentence(2)) || prose[1]?.text.startsWith(sentence(1))).toBe(true);
    const rows = Array.from({ length: 12 }, (_, n) => [`Kennzahl ${n}`, 'Bedeutung davon']);
    const cells = chunkDocument([{ kind: 'table', rows }], small).map((chunk) => chunk.text.split('\n'));
    expect(cells.flatMap((lines) => lines.slice(1))).toHaveLength(11);
  });

  it('keeps a table whole while it fits, and repeats its head when it does not', () => {
    const head = ['Teil', 'Frist'];
    const fits = chunkDocument(
      [paragraph(sentence(1)), { kind: 'table', rows: [head, ['Filter', '6'], ['Riemen', '24']] }],
      options,
    );
    expect(fits.some((chunk) => chunk.text.includes('Teil | Frist\nFilter | 6\nRiemen | 24'))).toBe(true);
    const rows = [head, ...Array.from({ length: 30 }, (_, n) => [`Bauteil ${n}`, `alle ${n} Monate`])];
    const cut = chunkDocument([{ kind: 'table', rows }], options);
    expect(cut.length).toBeGreaterThan(1);
    expect(cut.every((chunk) => chunk.text.startsWith('Teil | Frist'))).toBe(true);
  });

  const word = fc.stringMatching(/^[A-Za-zäöüß]{1,30}$/u);
  const text = fc.array(word, { minLength: 1, maxLength: 60 }).map((words) => `${words.join(' ')}.`);
  const block = fc.oneof(
    text.map((words) => paragraph(words)),
    fc.record({ level: fc.integer({ min: 1, max: 4 }), words: text }).map(({ level, words }) => heading(level, words)),
    text.map((words): Block => ({ kind: 'lines', text: words.replaceAll(' ', '\n') })),
    fc
      .array(fc.array(word, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 })
      .map((rows): Block => ({ kind: 'table', rows })),
  );

  it('never makes a chunk too large, loses no word, keeps the order', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 8 }), (blocks) => {
        const chunks = chunkDocument(blocks, options);
        for (const chunk of chunks) {
          expect(count(chunk.text)).toBeLessThanOrEqual(options.maxTokens);
          expect(chunk.places[0]?.at).toBe(0);
        }
        const there = chunks.map((chunk) => chunk.text).join(' ');
        for (const one of blocks) {
          const words = one.kind === 'table' ? one.rows.flat() : one.text.split(/\s/u);
          for (const each of words) expect(there).toContain(each);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('splitChunk', () => {
  it('halves at white space and keeps both places', () => {
    const chunk = {
      text: 'eins zwei\n\ndrei vier',
      places: [
        { at: 0, headings: ['A'] },
        { at: 11, headings: ['B'] },
      ],
      tokens: 4,
    };
    const halves = splitChunk(chunk, count);
    expect(halves?.map((half) => half.text)).toEqual(['eins zwei', 'drei vier']);
    expect(halves?.[1].places).toEqual([{ at: 0, headings: ['B'] }]);
  });
  it('cuts even one endless word, and gives up at a single sign', () => {
    const one = (text: string): ReturnType<typeof splitChunk> =>
      splitChunk({ text, places: [{ at: 0, headings: [] }], tokens: 1 }, count);
    expect(one('abcdef')?.map((half) => half.text)).toEqual(['abc', 'def']);
    expect(one('a')).toBeUndefined();
  });
});
