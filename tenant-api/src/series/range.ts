import { LunaError } from '@luna-iems/service-kit';

const DAY_MS = 86_400_000;
const MOST_MS = 30 * 366 * DAY_MS;

export interface AskedRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The range of a query: to its default, from a day before that. Throws `LUNA_VALIDATION` for one that is empty or no lifetime's. */
export function rangeOf(query: { from?: string; to?: string }, defaultToMs: number): AskedRange {
  const toMs = query.to === undefined ? defaultToMs : Date.parse(query.to);
  const fromMs = query.from === undefined ? toMs - DAY_MS : Date.parse(query.from);
  if (!(fromMs < toMs)) throw invalid('from must lie before to.');
  if (toMs - fromMs > MOST_MS) throw invalid('The range is longer than 30 years.');
  return { fromMs, toMs };
}

function invalid(detail: string): LunaError {
  return new LunaError('LUNA_VALIDATION', detail, { status: 400 });
}

/** An opaque text for the time at which the next page begins. */
export function encodeTimeCursor(ms: number): string {
  return Buffer.from(`t${ms}`).toString('base64url');
}

/** Reads such a cursor back, within its range. Throws `LUNA_CURSOR` for one that this service did not make for this query. */
export function decodeTimeCursor(cursor: string, { fromMs, toMs }: AskedRange): number {
  const match = /^t(\d{1,16})$/u.exec(Buffer.from(cursor, 'base64url').toString('utf8'));
  const ms = Number(match?.[1] ?? Number.NaN);
  if (ms >= fromMs - DAY_MS && ms < toMs) return ms;
  throw new LunaError('LUNA_CURSOR', 'The cursor is not one that this service gave out for this range.', {
    status: 400,
  });
}
