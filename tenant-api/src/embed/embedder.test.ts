import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LunaError } from '@luna-iems/service-kit';
import { createEmbedder } from './embedder.ts';
import { presetFor } from './presets.ts';

/** A server's half: the vector is the input's length; refuses a whole request for one input over `limit`, as Ollama does. */
function server(limit: number): {
  embed: (model: string, inputs: readonly string[]) => Promise<number[][]>;
  requests: string[][];
} {
  const requests: string[][] = [];
  return {
    requests,
    embed: async (_model, inputs) => {
      requests.push([...inputs]);
      if (inputs.some((input) => input.length > limit)) throw new LunaError('LUNA_EMBED_REFUSED', 'too long');
      return inputs.map((input) => [input.length]);
    },
  };
}

const embedder = (ollama: ReturnType<typeof server>, model = 'all-minilm'): ReturnType<typeof createEmbedder> =>
  createEmbedder({ ollama, model, preset: presetFor(model, 384), normalisation: 'fold-diacritics' });

describe('passages', () => {
  it('finds exactly the inputs that are too long, and keeps the order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 50 }), async (lengths) => {
        const vectors = await embedder(server(15)).passages(lengths.map((length) => 'a'.repeat(length)));
        expect(vectors).toEqual(lengths.map((length) => (length > 15 ? undefined : [length])));
      }),
    );
  });
  it('sends small batches, normalised and prefixed', async () => {
    const ollama = server(1000);
    await embedder(ollama, 'nomic-embed-text').passages(Array<string>(40).fill('Zähler'));
    expect(ollama.requests.map((inputs) => inputs.length)).toEqual([8, 8, 8, 8, 8]);
    expect(ollama.requests[0]?.[0]).toBe('search_document: Zahler');
  });
  it('passes other errors on', async () => {
    const broken = { embed: () => Promise.reject(new LunaError('LUNA_HTTP_TIMEOUT', 'slow')), requests: [] };
    await expect(embedder(broken).passages(['a', 'b'])).rejects.toMatchObject({ code: 'LUNA_HTTP_TIMEOUT' });
  });
});

describe('query', () => {
  it('is cut until it fits', async () =>
    expect((await embedder(server(100)).query('a'.repeat(1000)))[0]).toBeLessThanOrEqual(100));
  it('has its own prefix', async () => {
    const ollama = server(1000);
    await embedder(ollama, 'nomic-embed-text').query('Wärme');
    expect(ollama.requests).toEqual([['search_query: Warme']]);
  });
});
