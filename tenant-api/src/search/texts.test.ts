import { describe, expect, it } from 'vitest';
import { lexicalText } from './lexical-text.ts';
import { chunkId, uuidV5 } from './point-id.ts';

describe('lexicalText', () => {
  const added = (text: string, language: 'de' | 'en' = 'de'): string[] =>
    lexicalText(text, language).split('\n')[1]?.split(' ') ?? [];
  it('gives identifiers as one word, to passages and questions alike', () => {
    expect(added('Was heißt 1.8.0?')).toEqual(['x1x8x0']);
    expect(added('Anzeige 1-0:1.8.0 kWh')).toContain('x1x8x0');
    expect(added('Norm EN-50160')).toEqual(
      ['xenx50160', 'xen50160'].filter((word) => added('Norm EN-50160').includes(word)),
    );
  });
  it('gives the parts of German compounds', () => {
    expect(added('Die Kündigungsfrist')).toEqual(['Kündigung', 'frist']);
    expect(added('Die Kündigungsfrist', 'en')).toEqual([]);
  });
  it('leaves other text alone', () => expect(lexicalText('Der Zähler läuft.', 'de')).toBe('Der Zähler läuft.'));
});

describe('point ids', () => {
  it('are version 5 UUIDs, the same for the same chunk and no other', () => {
    const id = chunkId('a', 1, 2);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
    expect(chunkId('a', 1, 2)).toBe(id);
    expect(new Set([id, chunkId('a', 2, 2), chunkId('a', 1, 3), chunkId('b', 1, 2), uuidV5('')]).size).toBe(5);
  });
});
