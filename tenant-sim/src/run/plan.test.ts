import { expect, test } from 'vitest';
import { buildMeters, buildSeries } from '../build.ts';
import { parseSimConfig } from '../sim-config.ts';
import { createZone } from '../time/zone.ts';
import { planMarket, planMeters } from './plan.ts';

const zone = createZone('Europe/Berlin');
const at = (iso: string): number => Date.parse(iso);
const iso = (tsMs: number | undefined): string => new Date(tsMs ?? Number.NaN).toISOString();

const meters = buildMeters(parseSimConfig('meters: {interval_s: 5, groups: [{prefix: m, count: 2}]}'));
const series = buildSeries(parseSimConfig(''));

test('a new meter begins the configured time back, an old one at the end of its last reading; only whole intervals are written', () => {
  const nowMs = at('2026-11-23T10:00:03Z');
  const last = [{ meterId: 'm-002', ts: new Date('2026-11-23T09:59:50Z'), intervalS: 5 }];
  const spans = planMeters({ meters, last, nowMs, startMinutesBack: 60 });
  expect(spans.map(({ from, to }) => [iso(from), iso(to)])).toEqual([
    ['2026-11-23T09:00:05.000Z', '2026-11-23T10:00:00.000Z'],
    ['2026-11-23T09:59:55.000Z', '2026-11-23T10:00:00.000Z'],
  ]);
});

test('an interval that was made shorter or longer goes on without overlap', () => {
  const nowMs = at('2026-11-23T10:00:00Z');
  const last = [{ meterId: 'm-001', ts: new Date('2026-11-23T09:30:07Z'), intervalS: 1 }];
  const [first] = planMeters({ meters, last, nowMs, startMinutesBack: 0 });
  expect(iso(first?.from)).toBe('2026-11-23T09:30:10.000Z');
  const longer = [{ meterId: 'm-001', ts: new Date('2026-11-23T09:30:00Z'), intervalS: 900 }];
  expect(iso(planMeters({ meters, last: longer, nowMs, startMinutesBack: 0 })[0]?.from)).toBe(
    '2026-11-23T09:45:00.000Z',
  );
});

test('a meter that is up to date, or ahead of the clock, has nothing to write', () => {
  const last = meters.map(({ meterId }) => ({ meterId, ts: new Date('2026-11-23T10:00:00Z'), intervalS: 5 }));
  for (const now of ['2026-11-23T10:00:05Z', '2026-11-23T09:00:00Z']) {
    expect(planMeters({ meters, last, nowMs: at(now), startMinutesBack: 60 })).toEqual([]);
  }
});

const endOfDayAhead = (now: string): string => {
  const spans = planMarket({ series, last: [undefined, undefined], nowMs: at(now), startDaysBack: 0, zone });
  return iso(spans[0]?.to);
};

test('day-ahead prices reach to the end of today until 12:55 local time, and to the end of tomorrow from then on', () => {
  expect(endOfDayAhead('2026-11-23T11:54:59Z')).toBe('2026-11-23T23:00:00.000Z');
  expect(endOfDayAhead('2026-11-23T11:55:00Z')).toBe('2026-11-24T23:00:00.000Z');
  expect(endOfDayAhead('2026-07-01T10:54:59Z')).toBe('2026-07-01T22:00:00.000Z');
  expect(endOfDayAhead('2026-07-01T10:55:00Z')).toBe('2026-07-02T22:00:00.000Z');
});

test.each([
  ['2026-03-28T12:00:00Z', '2026-03-29T22:00:00.000Z', 96 + 92],
  ['2026-10-24T12:00:00Z', '2026-10-25T23:00:00.000Z', 96 + 100],
])('the days when the clocks change: at %s prices reach to %s', (now, end, quarters) => {
  const [dayAhead] = planMarket({ series, last: [undefined, undefined], nowMs: at(now), startDaysBack: 0, zone });
  expect(iso(dayAhead?.to)).toBe(end);
  expect(((dayAhead?.to ?? 0) - (dayAhead?.from ?? 0)) / 900_000).toBe(quarters);
});

test('prices begin at local midnight or after the last one; intraday reaches to the interval that begins in five minutes', () => {
  const nowMs = at('2026-11-23T10:10:00Z');
  const spans = planMarket({
    series,
    last: [undefined, new Date('2026-11-23T09:45:00Z')],
    nowMs,
    startDaysBack: 2,
    zone,
  });
  expect(iso(spans[0]?.from)).toBe('2026-11-20T23:00:00.000Z');
  expect([iso(spans[1]?.from), iso(spans[1]?.to)]).toEqual(['2026-11-23T10:00:00.000Z', '2026-11-23T10:30:00.000Z']);
});
