/** A time as somebody wrote it, read; or a sentence that says what is wrong with it. */
export type Instant = { readonly ms: number } | { readonly wrong: string };

const WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})$/u;
const LOCAL = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))?$/u;

/**
 * Reads a time with its offset, or a local one of `zone`. A local time that is there twice (autumn) or not at all (spring) is refused:
 * nothing in it tells which one is meant.
 */
export function readInstant(text: string, zone: string | undefined): Instant {
  if (WITH_OFFSET.test(text)) {
    const ms = Date.parse(text);
    return Number.isNaN(ms) ? { wrong: `"${text}" is no time` } : { ms };
  }
  const parts = LOCAL.exec(text);
  if (parts === null) return { wrong: `"${text}" is no time; write 2026-01-31T12:00:00Z or 2026-01-31T13:00:00+01:00` };
  if (zone === undefined)
    return { wrong: `"${text}" has no offset; write it with Z or +01:00, or name the "timezone" of the request` };
  return localInstant(text, parts.slice(1).map(Number), zone);
}

function localInstant(text: string, parts: readonly number[], zone: string): Instant {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second] = parts;
  const wall = Date.UTC(year, month - 1, day, hour, minute, second === undefined || Number.isNaN(second) ? 0 : second);
  const found = instantsOf(wall, zone);
  const [only, other] = found;
  if (only === undefined) return { wrong: `"${text}" does not exist in ${zone}: the clocks go forward over it` };
  if (other !== undefined) return { wrong: `"${text}" is there twice in ${zone}: write it with its offset` };
  return { ms: only };
}

/** The instants at which clocks in the zone show this wall time; wall times are ms as if they were UTC. */
function instantsOf(wall: number, zone: string): number[] {
  const offsets = new Set([wall - 86_400_000, wall, wall + 86_400_000].map((ms) => offsetAt(ms, zone)));
  return [...offsets].map((offset) => wall - offset).filter((ms) => ms + offsetAt(ms, zone) === wall);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  formats.set(zone, made);
  return made;
}

/** How far clocks in the zone are ahead of UTC, in ms. */
function offsetAt(ms: number, zone: string): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const get = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const wall = Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second'));
  return wall - Math.floor(ms / 1000) * 1000;
}

/** True for a name that the platform knows, such as Europe/Berlin. */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** Local midnight of the day that `ms` lies in, and of those after it. */
export function midnight(ms: number, zone: string, daysLater = 0): number {
  const local = ms + offsetAt(ms, zone);
  const wall = (Math.floor(local / 86_400_000) + daysLater) * 86_400_000;
  return instantsOf(wall, zone)[0] ?? wall - offsetAt(wall, zone);
}
