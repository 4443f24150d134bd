import { expect, it } from 'vitest';
import { placesAround } from './neighbours.ts';

it('names the places around the hits once, never a hit and none before the first', () => {
  const at = (itemId: string, chunkIdx: number): { itemId: string; chunkIdx: number } => ({ itemId, chunkIdx });
  expect(placesAround([at('a', 0), at('a', 2), at('b', 5)], 1)).toEqual([
    at('a', 1),
    at('a', 3),
    at('b', 4),
    at('b', 6),
  ]);
  expect(placesAround([at('a', 1)], 2)).toEqual([at('a', 0), at('a', 2), at('a', 3)]);
  expect(placesAround([at('a', 1)], 0)).toEqual([]);
});
