import type { ReadingRow } from '@luna-iems/series';
import type { About, ReadingBody, ReadingsRequest } from '../schemas/series-in.ts';
import { powerFromCounter, type Counters, type Derived } from './counters.ts';
import { readInstant } from './instant.ts';

export interface Taken {
  readonly rows: readonly ReadingRow[];
  readonly rejected: readonly About[];
  readonly notes: readonly About[];
}

export interface Surroundings {
  readonly nowMs: number;
  /** Readings before this are not kept; undefined where all are. */
  readonly keptFromMs: number | undefined;
}

/** A reading whose time is known, with where it stood in the request. */
export interface Placed {
  readonly index: number;
  readonly body: ReadingBody;
  readonly tsMs: number;
  readonly intervalS: number;
}

/** A sender's clock may be this much ahead. */
const AHEAD_MS = 5 * 60_000;
/** Rows that arrive later than this after their end carry the time of their arrival. */
const LATE_MS = 5 * 60_000;

/** Finds every reading's time, sorts by it, and refuses those without one or outside of what is kept. */
export function placeReadings(request: ReadingsRequest, at: Surroundings): { placed: Placed[]; rejected: About[] } {
  const placed: Placed[] = [];
  const rejected: About[] = [];
  request.readings.forEach((body, index) => {
    const instant = readInstant(body.ts, request.timezone);
    const intervalS = body.intervalS ?? request.intervalS;
    if ('wrong' in instant) rejected.push({ index, reason: `ts ${instant.wrong}.` });
    else if (intervalS === undefined)
      rejected.push({ index, reason: 'intervalS is missing: give it here or for the whole request.' });
    else {
      const reason = outside(instant.ms, intervalS, at);
      if (reason === undefined) placed.push({ index, body, tsMs: instant.ms, intervalS });
      else rejected.push({ index, reason });
    }
  });
  return { placed: placed.sort((a, b) => a.tsMs - b.tsMs), rejected };
}

function outside(tsMs: number, intervalS: number, { nowMs, keptFromMs }: Surroundings): string | undefined {
  const end = tsMs + intervalS * 1000;
  if (end > nowMs + AHEAD_MS)
    return `the interval ends at ${iso(end)}, which is in the future: it is ${iso(nowMs)} here. Is ts its start, and in UTC?`;
  if (keptFromMs !== undefined && tsMs < keptFromMs) return `readings before ${iso(keptFromMs)} are not kept.`;
  return undefined;
}

const iso = (ms: number): string => new Date(ms).toISOString();

interface Powers {
  readonly consumptionKw: number | null;
  readonly productionKw: number | null;
  readonly quality: ReadingRow['quality'];
  readonly note?: string | undefined;
}

/**
 * Rows of placed readings, in kW, kWh and V with import and feed-in apart. `before` holds each meter's counters before its first reading
 * here; those without any are not in it.
 */
export function toReadings(
  request: ReadingsRequest,
  placed: readonly Placed[],
  at: Surroundings & { readonly before: ReadonlyMap<string, Counters> },
): Taken {
  const counters = new Map(at.before);
  const rows: ReadingRow[] = [];
  const rejected: About[] = [];
  const notes: About[] = [];
  for (const one of placed) {
    const { meterId } = one.body;
    const now = countersOf(request, one);
    const powers = powersOf(request, one, { before: counters.get(meterId), now });
    if (typeof powers === 'string') {
      rejected.push({ index: one.index, reason: powers });
      continue;
    }
    if (now.importKwh !== null || now.exportKwh !== null) counters.set(meterId, now);
    if (powers.note !== undefined) notes.push({ index: one.index, reason: `${powers.note}.` });
    rows.push(rowOf(one, { powers, now, nowMs: at.nowMs }));
  }
  return { rows, rejected, notes };
}

function rowOf({ body, tsMs, intervalS }: Placed, made: { powers: Powers; now: Counters; nowMs: number }): ReadingRow {
  const { consumptionKw, productionKw, quality } = made.powers;
  return {
    ...{ meterId: body.meterId, tsMs, intervalS, consumptionKw, productionKw, quality },
    voltage: quality === 'missing' ? null : (body.voltage ?? null),
    energyImportKwh: made.now.importKwh,
    energyExportKwh: made.now.exportKwh,
    receivedMs: made.nowMs - made.now.atMs > LATE_MS ? made.nowMs : null,
  };
}

function countersOf({ counterUnit }: ReadingsRequest, { body, tsMs, intervalS }: Placed): Counters {
  const scale = counterUnit === 'Wh' ? 1000 : 1;
  const scaled = (value: number | null | undefined): number | null => (isGiven(value) ? value / scale : null);
  return { atMs: tsMs + intervalS * 1000, importKwh: scaled(body.energyImport), exportKwh: scaled(body.energyExport) };
}

interface CounterPair {
  readonly before: Counters | undefined;
  readonly now: Counters;
}

const NONE = { consumptionKw: null, productionKw: null };

function powersOf(request: ReadingsRequest, one: Placed, counters: CounterPair): Powers | string {
  const { body } = one;
  if (body.quality === 'missing') return { ...NONE, quality: 'missing' };
  if (isGiven(body.power)) return signedPower(request, one);
  if (isGiven(body.consumption) || isGiven(body.production)) return givenPowers(request, one);
  if (counters.now.importKwh !== null) return countedPowers(one, counters, counters.now.importKwh);
  if (body.quality !== undefined && body.quality !== 'ok') return { ...NONE, quality: body.quality };
  return 'it has neither consumption nor power nor energyImport; a value that did not arrive has quality "missing".';
}

/** Factor from the request's unit to kW. */
function toKw({ unit = 'kW' }: ReadingsRequest, intervalS: number): number {
  return { kW: 1, W: 1 / 1000, kWh: 3600 / intervalS, Wh: 3.6 / intervalS }[unit];
}

function signedPower(request: ReadingsRequest, { body, intervalS }: Placed): Powers | string {
  if (isGiven(body.consumption) || isGiven(body.production))
    return 'it has both power and consumption or production: send one signed number or the two.';
  const sign = request.positive === 'export' ? -1 : 1;
  const kw = (body.power ?? 0) * toKw(request, intervalS) * sign;
  return { consumptionKw: Math.max(kw, 0), productionKw: Math.max(-kw, 0), quality: body.quality ?? 'ok' };
}

function givenPowers(request: ReadingsRequest, { body, intervalS }: Placed): Powers | string {
  const scale = toKw(request, intervalS);
  if ((body.consumption ?? 0) < 0)
    return 'consumption is negative: feed-in goes into production, or send power with its sign.';
  if ((body.production ?? 0) < 0) return 'production is negative: it is what is fed in, never below 0.';
  if (!isGiven(body.consumption)) return 'it has production but no consumption: a meter that drew nothing sends 0.';
  return {
    consumptionKw: body.consumption * scale,
    productionKw: isGiven(body.production) ? body.production * scale : null,
    quality: body.quality ?? 'ok',
  };
}

function countedPowers({ body, tsMs }: Placed, { before, now }: CounterPair, importKwh: number): Powers {
  const known = before ?? { atMs: Number.NaN, importKwh: null, exportKwh: null };
  const times = { beforeMs: known.atMs, fromMs: tsMs, toMs: now.atMs };
  const drawn = powerFromCounter({ ...times, before: known.importKwh, now: importKwh });
  if (drawn.kw === null) return { ...NONE, quality: 'missing', note: drawn.note };
  const fed =
    now.exportKwh === null ? NOT_COUNTED : powerFromCounter({ ...times, before: known.exportKwh, now: now.exportKwh });
  const quality = body.quality ?? qualityOf(drawn, fed);
  return { consumptionKw: drawn.kw, productionKw: fed.kw, quality, note: drawn.note ?? fed.note };
}

function qualityOf(...derived: readonly Derived[]): 'ok' | 'estimated' {
  return derived.every(({ exact }) => exact) ? 'ok' : 'estimated';
}

const NOT_COUNTED: Derived = { kw: null, exact: true };

function isGiven(value: number | null | undefined): value is number {
  return value !== null && value !== undefined;
}
