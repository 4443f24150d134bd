import { describe, expect, it } from 'vitest';
import { presetFor } from './presets.ts';
import { chunkSizes, collectionOf, identityOf, searchableText } from './profile.ts';

describe('presetFor', () => {
  it.each([
    ['all-minilm', 384, ''],
    ['all-minilm:33m', 384, ''],
    ['registry.example/lib/nomic-embed-text:latest', 768, 'search_document: '],
    ['nomic-embed-text-v2-moe', 768, 'search_document: '],
    ['jeffh/intfloat-multilingual-e5-base:f16', 768, 'passage: '],
    ['embeddinggemma', 768, 'title: none | text: '],
    ['bge-m3', 1024, ''],
    ['paraphrase-multilingual', 768, ''],
    ['something-new', 42, ''],
  ])('%s', (model, dimensions, documentPrefix) =>
    expect(presetFor(model, dimensions)).toMatchObject({ dimensions, documentPrefix }),
  );
  it('tells the two nomic generations apart', () => {
    expect(presetFor('nomic-embed-text-v2-moe', 768).uncased).toBe(false);
    expect(presetFor('nomic-embed-text', 768).uncased).toBe(true);
  });
});

describe('chunkSizes', () => {
  it('follow the context of the model, up to the usual size', () => {
    expect(chunkSizes(presetFor('all-minilm', 384)).maxTokens).toBeLessThan(256);
    expect(chunkSizes(presetFor('bge-m3', 1024)).maxTokens).toBe(480);
    for (const model of ['all-minilm', 'multilingual-e5', 'bge-m3', 'embeddinggemma']) {
      const preset = presetFor(model, 768);
      const { maxTokens, overlapTokens, headingTokens } = chunkSizes(preset);
      expect(maxTokens + headingTokens).toBeLessThan(preset.contextTokens);
      expect(overlapTokens / maxTokens).toBeGreaterThanOrEqual(0.1);
      expect(overlapTokens / maxTokens).toBeLessThanOrEqual(0.15);
    }
  });
});

describe('collectionOf', () => {
  const preset = presetFor('all-minilm', 384);
  const input = { model: 'all-minilm', digest: 'd1', preset, normalisation: 'none' } as const;
  it('differs for everything that makes vectors incomparable', () => {
    const names = [
      input,
      { ...input, digest: 'd2' },
      { ...input, normalisation: 'fold-diacritics' as const },
      { ...input, preset: { ...preset, queryPrefix: 'q: ' } },
      { ...input, preset: { ...preset, contextTokens: 128 } },
    ].map((one) => collectionOf(identityOf(one)));
    expect(new Set(names).size).toBe(names.length);
    expect(names[0]).toMatch(/^chunks_[0-9a-f]{12}$/u);
    expect(collectionOf(identityOf(input))).toBe(names[0]);
  });
});

describe('searchableText', () => {
  const count = (text: string): number => text.split(' ').length;
  it('puts the inner headings over the text, as many as fit', () => {
    expect(searchableText(['A', 'B C'], 'Text', { tokens: 10, count })).toBe('A › B C\nText');
    expect(searchableText(['A', 'B C'], 'Text', { tokens: 4, count })).toBe('B C\nText');
    expect(searchableText([], 'Text', { tokens: 4, count })).toBe('Text');
    expect(searchableText(['A'], 'A\n\nText', { tokens: 4, count })).toBe('A\n\nText');
  });
});
