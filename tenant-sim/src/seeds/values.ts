import type { SeedConfig } from '../sim-schema.ts';
import type { Zone } from '../time/zone.ts';

/** A value that could not be understood; its message is the sentence for the one who made the file. */
export class ValueError extends Error {}

/** The number in a cell; null for an empty one. */
export function numberOf(value: unknown, decimal: SeedConfig['decimal'], column: string): number | null {
  if (typeof value === 'number' || typeof value === 'bigint') return finite(Number(value), value, column);
  const text = textOf(value);
  if (text === '') return null;
  const plain = decimal === ',' ? text.replaceAll('.', '').replace(',', '.') : text;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(plain))
    throw new ValueError(`${column} is no number: ${show(value)}`);
  return finite(Number(plain), value, column);
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value.trim() : show(value);
}

function finite(number: number, value: unknown, column: string): number {
  if (Number.isFinite(number)) return number;
  throw new ValueError(`${column} is no number: ${show(value)}`);
}

const ISO =
  /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?:[T ](?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.\d+)?)?)?\s*(?<zone>Z|[+-]\d{2}:?\d{2})?$/;
const GERMAN =
  /^(?<day>\d{1,2})\.(?<month>\d{1,2})\.(?<year>\d{4})(?:[ ,]+(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2}))?)?$/;

/** The wall-clock time that a text shows (as if it were UTC), or the instant if it carries its own zone. */
export interface Shown {
  readonly wallMs: number;
  readonly instant: boolean;
}

/** Understands the time in a cell by the configured format. */
export function timeOf(value: unknown, format: SeedConfig['ts_format']): Shown {
  if (value instanceof Date) return { wallMs: value.getTime(), instant: true };
  if (format === 'unix' || format === 'unix_ms') return sinceEpoch(value, format === 'unix' ? 1000 : 1);
  const text = typeof value === 'string' ? value.trim() : '';
  const found = format === 'german' ? GERMAN.exec(text)?.groups : ISO.exec(text)?.groups;
  if (found === undefined) throw new ValueError(`the time is not understood: ${show(value)}`);
  const zone = found['zone'];
  return { wallMs: utcOf(found, value) - offsetOf(zone), instant: zone !== undefined };
}

function sinceEpoch(value: unknown, factor: number): Shown {
  const number = numberOf(value, '.', 'the time');
  if (number === null) throw new ValueError('the time is empty');
  return { wallMs: Math.round(number * factor), instant: true };
}

function utcOf(parts: Readonly<Record<string, string | undefined>>, value: unknown): number {
  const two = (name: string): string => (parts[name] ?? '0').padStart(2, '0');
  const text = `${parts['year']}-${two('month')}-${two('day')}T${two('hour')}:${two('minute')}:${two('second')}`;
  const wallMs = Date.parse(`${text}Z`);
  // Date.parse takes the 31st of February for the 3rd of March.
  if (!Number.isNaN(wallMs) && new Date(wallMs).toISOString().startsWith(text)) return wallMs;
  throw new ValueError(`there is no such time: ${show(value)}`);
}

function offsetOf(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const [hours, minutes] = [zone.slice(1, 3), zone.slice(-2)].map(Number);
  return (zone.startsWith('-') ? -1 : 1) * ((hours ?? 0) * 60 + (minutes ?? 0)) * 60_000;
}

/**
 * The instant of a shown time in its zone. Of the two that an hour in autumn has, the one after `beforeMs`, the last instant of the same
 * series: files go through that hour twice, in order.
 */
export function instantOf(shown: Shown, zone: Zone, beforeMs: number, value: unknown): number {
  if (shown.instant) return shown.wallMs;
  const instants = zone.instants(shown.wallMs);
  const instant = instants.find((tsMs) => tsMs > beforeMs) ?? instants[0];
  if (instant === undefined) throw new ValueError(`the clock never showed this time there: ${show(value)}`);
  return instant;
}

function show(value: unknown): string {
  const text = JSON.stringify(typeof value === 'bigint' ? String(value) : value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
