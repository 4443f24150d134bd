import { LunaError } from '@luna-iems/service-kit';
import type { SeedRecord } from './record.ts';

/**
 * Cuts a CSV into records by its header. Values may stand in double quotes, with quotes in them doubled; line ends may be of either kind;
 * empty lines are passed over. A quote that is not closed ends with its line, so that one bad line spoils no other.
 * Throws `LUNA_SEED` when there is no header or a wanted column is not in it.
 */
export function csvRecords(text: string, delimiter: string, wanted: readonly string[]): SeedRecord[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const header = cut(lines[0] ?? '', delimiter).values.map((name) => name.trim());
  const absent = wanted.filter((name) => !header.includes(name));
  if (absent.length > 0) {
    throw new LunaError(
      'LUNA_SEED',
      `the header has no column ${absent.join(', ')}; it has ${header.join(', ')} (is the delimiter ${JSON.stringify(delimiter)} right?)`,
    );
  }
  return lines.flatMap((line, index): SeedRecord[] => {
    if (index === 0 || line.trim() === '') return [];
    const { values, closed } = cut(line, delimiter);
    const problem = !closed
      ? 'a quote is not closed'
      : values.length !== header.length
        ? `it has ${values.length} columns, the header ${header.length}`
        : undefined;
    const record = { line: index + 1, values: Object.fromEntries(header.map((name, place) => [name, values[place]])) };
    return [problem === undefined ? record : { ...record, problem }];
  });
}

function cut(line: string, delimiter: string): { values: string[]; closed: boolean } {
  const values: string[] = [];
  let value = '';
  let quoted = false;
  for (let index = 0; index < line.length; index += 1) {
    const sign = line[index] ?? '';
    if (quoted && sign === '"' && line[index + 1] === '"') {
      value += '"';
      index += 1;
    } else if (sign === '"') {
      quoted = !quoted;
    } else if (sign === delimiter && !quoted) {
      values.push(value);
      value = '';
    } else {
      value += sign;
    }
  }
  return { values: [...values, value], closed: !quoted };
}
