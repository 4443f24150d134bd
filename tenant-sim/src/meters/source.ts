import {
  createReadingBatch,
  type ReadingBatch,
  type ReadingSource,
  type ReadRequest,
  type StoredMeter,
} from '@luna-iems/series';
import { SIM_SOURCE } from '../source.ts';
import { DAY, HOUR, MINUTE } from '../time/quarterly.ts';
import { WS_PER_KWH, type Counters, type Meter } from './meter.ts';
import type { MeterQuirks } from './quirks.ts';

export interface SimulatedMeter {
  readonly meter: Meter;
  readonly quirks: MeterQuirks | undefined;
}

export interface SimReadingOptions {
  readonly meters: readonly SimulatedMeter[];
  /** Where a meter without any row begins; undefined: `startMinutesBack` before now. */
  readonly startMs: number | undefined;
  readonly startMinutesBack: number;
  /** Where rows from elsewhere (files) end, which the simulation goes on from; the latest end of a meter counts. */
  readonly goesOnFrom: readonly StoredMeter[];
}

/** One meter's part of a run: whole intervals from `fromMs` to `toMs`, and what it has counted at `fromMs`. */
interface Span {
  readonly place: number;
  readonly simulated: SimulatedMeter;
  readonly fromMs: number;
  readonly toMs: number;
  readonly counters: Counters;
}

/**
 * The simulated meters as a source: each from the end of its last row to now. Whatever the pieces in which it is read, and in however
 * many processes, the rows are the same.
 */
export function createSimReadingSource(options: SimReadingOptions): ReadingSource {
  const meterIds = options.meters.map(({ meter }) => meter.meterId);
  return {
    name: SIM_SOURCE,
    *read(request) {
      const spans = plan(options, request);
      const batch = createReadingBatch(SIM_SOURCE, meterIds, Math.max(2, Math.min(request.batchRows, mostRows(spans))));
      for (const span of windows(spans)) {
        let { fromMs } = span;
        while (fromMs < span.toMs) {
          fromMs = fillFrom(batch, span, fromMs, request.nowMs);
          if (!isFull(batch)) continue;
          yield batch;
          batch.length = 0;
        }
      }
      if (batch.length > 0) yield batch;
    },
  };
}

/** Each row twice at most, and one place of grace so that the last one does not look like a full batch. */
function mostRows(spans: readonly Span[]): number {
  return spans.reduce(
    (sum, { simulated, fromMs, toMs }) => sum + 2 * ((toMs - fromMs) / simulated.meter.intervalMs),
    2,
  );
}

/** Rows may come twice: each takes two places then. */
const isFull = (batch: ReadingBatch): boolean => batch.tsMs.length - batch.length < 2;

function fillFrom(batch: ReadingBatch, span: Span, fromMs: number, nowMs: number): number {
  const { meter, quirks } = span.simulated;
  const places = batch.tsMs.length - batch.length;
  const free = quirks === undefined ? places : Math.floor(places / 2);
  const count = Math.min(free, Math.round((span.toMs - fromMs) / meter.intervalMs));
  const at = batch.length;
  meter.fill(batch, at, { fromMs, count }, span.counters);
  batch.meter.fill(span.place, at, at + count);
  batch.length += quirks === undefined ? count : quirks.apply(batch, at, count, nowMs);
  return fromMs + count * meter.intervalMs;
}

function plan(options: SimReadingOptions, { stored, nowMs }: ReadRequest<StoredMeter>): Span[] {
  const storedById = latest([...options.goesOnFrom, ...stored]);
  return options.meters.flatMap((simulated, place) => {
    const { meter } = simulated;
    const before = storedById.get(meter.meterId);
    const toMs = Math.floor(nowMs / meter.intervalMs) * meter.intervalMs;
    const fromMs = startOf(simulated, before, options, nowMs);
    if (fromMs >= toMs) return [];
    return [{ place, simulated, fromMs, toMs, counters: countersAt(meter, before, fromMs) }];
  });
}

function latest(rows: readonly StoredMeter[]): Map<string, StoredMeter> {
  const byId = new Map<string, StoredMeter>();
  for (const row of rows) {
    const before = byId.get(row.meterId);
    if (before === undefined || row.tsMs >= before.tsMs) byId.set(row.meterId, row);
  }
  return byId;
}

/**
 * Intervals lie on multiples of their length since the epoch. Where rows may still be on their way, those of that time are given again.
 */
function startOf(
  { meter, quirks }: SimulatedMeter,
  before: StoredMeter | undefined,
  { startMs, startMinutesBack, goesOnFrom }: SimReadingOptions,
  nowMs: number,
): number {
  const { intervalMs, meterId } = meter;
  if (before === undefined) return Math.ceil((startMs ?? nowMs - startMinutesBack * MINUTE) / intervalMs) * intervalMs;
  const start = before.intervalS === null ? before.tsMs + 1 : endOf(before.tsMs, before.intervalS, quirks);
  const first = Math.ceil(start / intervalMs) * intervalMs;
  if (quirks === undefined || quirks.reachMs === 0) return first;
  const seedEnds = goesOnFrom
    .filter((row) => row.meterId === meterId)
    .map((row) => row.tsMs + (row.intervalS ?? 0) * 1000);
  const earliest = Math.max(startMs ?? first, ...seedEnds);
  return Math.ceil(Math.max(first - quirks.reachMs, Math.min(first, earliest)) / intervalMs) * intervalMs;
}

function endOf(tsMs: number, intervalS: number, quirks: MeterQuirks | undefined): number {
  return (quirks?.intervalOf(tsMs) ?? tsMs) + intervalS * 1000;
}

/** The counters at `fromMs`: those of the last row that has some, moved by the energy in between. */
function countersAt(meter: Meter, before: StoredMeter | undefined, fromMs: number): Counters {
  const known = before?.counters ?? null;
  if (known === null) return meter.countersAt(fromMs);
  const counters = {
    importWs: Math.round(known.energyImportKwh * WS_PER_KWH),
    exportWs: Math.round(known.energyExportKwh * WS_PER_KWH),
  };
  const end = known.tsMs + (known.intervalS ?? 0) * 1000;
  const knownAt = Math.round(end / meter.intervalMs) * meter.intervalMs;
  const count = Math.min(MOST_INTERVALS, Math.abs(fromMs - knownAt) / meter.intervalMs);
  meter.count(counters, Math.min(fromMs, knownAt), count, fromMs >= knownAt ? 1 : -1);
  return counters;
}

/** Longest stretch without counters that is caught up with; a meter that was away for longer goes on from where it was. */
const MOST_INTERVALS = 200_000;

/**
 * Windows keep all meters advancing together, so that a run that is stopped leaves all of them equally far; and the order of all rows is
 * the same for any two runs, so two at once never wait for each other in a circle.
 */
function* windows(spans: readonly Span[]): Generator<Span, void, undefined> {
  const begin = Math.min(...spans.map(({ fromMs }) => fromMs));
  const end = Math.max(...spans.map(({ toMs }) => toMs));
  const size = windowSize(spans);
  for (let window = Math.floor(begin / size) * size; window < end; window += size) {
    for (const span of spans) {
      const { intervalMs } = span.simulated.meter;
      const fromMs = Math.max(span.fromMs, Math.ceil(window / intervalMs) * intervalMs);
      const toMs = Math.min(span.toMs, Math.ceil((window + size) / intervalMs) * intervalMs);
      if (fromMs < toMs) yield { ...span, fromMs, toMs };
    }
  }
}

/** Some hundred rows of each meter, within six hours and a week. */
function windowSize(spans: readonly Span[]): number {
  const interval = spans[0]?.simulated.meter.intervalMs ?? HOUR;
  return Math.max(6 * HOUR, Math.min(7 * DAY, Math.ceil((672 * interval) / HOUR) * HOUR));
}
