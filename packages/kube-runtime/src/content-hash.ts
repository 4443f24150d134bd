import { hash } from 'node:crypto';

/** The first 16 hex digits of the SHA-256 of a JSON value; the order of keys does not matter, `undefined` members do not count. */
export function contentHash(value: unknown): string {
  return hash('sha256', canonicalJson(value)).slice(0, 16);
}

/** JSON with sorted keys. */
export function canonicalJson(value: unknown): string {
  // Written out by hand: this runs for every object of every plan, and JSON.stringify with a replacer takes four times as long.
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = value as Readonly<Record<string, unknown>>;
  let json = '';
  for (const key of Object.keys(members).sort()) {
    if (members[key] !== undefined) json += `${json && ','}${quoted(key)}:${canonicalJson(members[key])}`;
  }
  return `{${json}}`;
}

/** What needs no escape: all of printable ASCII but quotes and backslashes. */
const plain = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  return plain.test(text) ? `"${text}"` : JSON.stringify(text);
}
