import { expect, test } from 'vitest';
import { blockOf, reportOf } from './report.ts';
import { timingOf } from './service.ts';

const measured = {
  chunks: 300,
  ingest: [{ atOnce: 8, documents: 100, chunks: 300, service: 50, raw: { tika: 5, ollama: 45, qdrant: 4 } }],
  ask: [
    {
      ...{ atOnce: 1, retrieval: [22, 23, 24], whole: [30, 31, 32] },
      ...{ rawRetrieval: [20, 20, 90], rawWhole: [20, 20, 90], perSecond: 30, rawPerSecond: 40 },
    },
  ],
};

test('ratios are told with both of their sides, ingest against the slowest part alone', () => {
  expect(reportOf(measured).flat).toMatchObject({
    documents: 100,
    'ingest c8 documents/s': 2,
    'ingest c8 slowest raw documents/s': 2.22,
    'ingest c8 raw tika documents/s': 20,
    'ingest c8 service/slowest raw': 0.9,
    'ask c1 retrieval p50 ms': 23,
    'ask c1 raw retrieval p50 ms': 20,
    'ask c1 retrieval overhead p50': 0.15,
    'ask c1 service/raw questions': 0.75,
  });
});

test('the page says what was reached', () => {
  const block = blockOf(reportOf(measured), 'a machine');
  expect(block).toContain('100 documents, 300 chunks. a machine.');
  expect(block).toMatch(/\| 1 +\| 23\.00 ms +\| 20\.00 ms +\| 15 % +\|/u);
  expect(block).toMatch(/\| 90 % of ollama +\| yes +\|/u);
});

test("a part's time is read from Server-Timing", () => {
  expect(timingOf('embed;dur=1.50, answer;dur=3.25', 'answer')).toBe(3.25);
  expect(() => timingOf('undefined', 'answer')).toThrow('LUNA_BENCH_TIMING');
});
