import { expect, test } from 'vitest';
import { quantile } from './dashboards.ts';
import { markdown, reportOf, sectionOf, withSection } from './report.ts';

const figures = {
  plan: { meters: 2, days: 3, minutes: 4 },
  generator: { rows: 576, rowsPerSecond: 900_000, warmRowsPerSecond: 1_350_000 },
  copy: { text: 100_000, binary: 120_000, writer: 108_000 },
  filled: { rowsPerSecond: 90_000, wholeSeconds: 12.345 },
  lively: { rowsPerSecond: 30_000, rows: 100, copy: { text: 60_000, binary: 50_000, writer: 45_000 } },
  asked: { figures: [{ name: 'a year', p50: 5, p95: 20 }], p95: 19.5, rowsMeanwhile: 1000 },
};

test('ratios are taken against the faster COPY, and both sides are told', () => {
  const { flat, table } = reportOf(figures);
  expect(flat).toMatchObject({
    'backfill/copy': 0.75,
    'copy binary rows/s': 120_000,
    'backfill rows/s': 90_000,
    'live/copy': 0.5,
    'writer/copy': 0.9,
    'live writer/copy': 0.75,
    'generator/backfill': 10,
  });
  expect(table).toContain('| – a year ');
  expect(table).toMatch(/a second time +\| 1,350,000 rows\/s +\| 15 × the back-fill/);
});

test('the section of the page is replaced and nothing else', () => {
  const section = sectionOf(reportOf(figures), { machine: 'a machine' });
  const page = `before\n${section.replace('a machine', 'another')}\nafter`;
  expect(withSection(page, section)).toBe(`before\n${section}\nafter`);
  expect(() => withSection('nothing', section)).toThrow('LUNA_BENCH_PAGE');
});

test('tables line up, and a quantile is one of the values', () => {
  expect(
    markdown([
      ['a', 'b'],
      ['long word', '1'],
    ]),
  ).toBe('| a         | b   |\n| --------- | --- |\n| long word | 1   |');
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([quantile(values, 0.5), quantile(values, 0.95), quantile([7], 0.95)]).toEqual([50, 95, 7]);
});
