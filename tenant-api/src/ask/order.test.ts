import { expect, it } from 'vitest';
import { rankSentences } from './evidence.ts';
import { orderBySentences } from './order.ts';
import type { Passage } from './passage.ts';

const passage = (chunkId: string, score: number, text: string, more: Partial<Passage> = {}): Passage => ({
  ...{ chunkId, chunkIdx: 0, itemId: 'i', title: 't', source: 's', text, score, places: [{ at: 0, headings: [] }] },
  ...more,
});
const question = 'Wann wird der Zähler abgelesen?';
const scattered = passage('a', 0.8, 'Der Zähler ist grau. Die Tür ist zu. Vorlesen wird abends gern gehört.');
const together = passage('b', 0.7, 'Das Licht brennt. Der Zähler wird im Dezember abgelesen.');
const order = (passages: Passage[], understood = false): ReturnType<typeof orderBySentences> =>
  orderBySentences(passages, rankSentences(question, passages, 'de'), { language: 'de', understood });

it('puts the passage first that has the words of the question in one sentence', () => {
  const { passages, candidates } = order([scattered, together]);
  expect(passages.map((one) => one.chunkId)).toEqual(['b', 'a']);
  expect(passages[0]?.score).toBeGreaterThan(passages[1]?.score ?? 1);
  for (const { passage: of } of candidates) expect(passages).toContain(of);
});

it('leaves the order to search where its vectors understand the language', () => {
  const { passages } = order([scattered, together], true);
  expect(passages.map(({ chunkId, score }) => [chunkId, score])).toEqual([
    ['a', 0.8],
    ['b', 0.7],
  ]);
});

it('does not let one sentence outweigh a search that is sure', () => {
  const sure = { ...scattered, score: 1 };
  expect(order([sure, { ...together, score: 0.3 }]).passages[0]?.chunkId).toBe('a');
});

it('leaves what came along behind the passage that it came with', () => {
  const near = passage('n', 0.4, 'Danach geht es weiter.', { cameWith: 'a' });
  expect(order([scattered, near, together]).passages.map((one) => one.chunkId)).toEqual(['b', 'a', 'n']);
});
