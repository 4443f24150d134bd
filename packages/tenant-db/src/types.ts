import pg from 'pg';
import { LunaError } from '@luna-iems/service-kit';

const INT8 = 20;
const NUMERIC = 1700;
const DATE = 1082;
const TIMESTAMP = 1114;

/** bigint as a number, which every count and size fits; one that does not is an error and not a wrong number. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    throw new LunaError(
      'LUNA_DB_INT8_RANGE',
      `the integer ${text} does not fit a number: cast it to text in the statement`,
    );
  }
  return value;
}

const asText = (text: string): string => text;

/**
 * numeric stays text (a double would round it: cast to double precision where that is meant). date and timestamp without a zone
 * stay text, because the driver would read them in the machine's zone. timestamptz is a Date.
 */
const OWN: Readonly<Record<number, (text: string) => unknown>> = {
  [INT8]: parseInt8,
  [NUMERIC]: asText,
  [DATE]: asText,
  [TIMESTAMP]: asText,
};

/** How values become JavaScript, for our pools only: the driver's global table is left alone. */
export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    const own = format === 'binary' ? undefined : OWN[oid];
    return own ?? (pg.types.getTypeParser(oid, format) as (text: string) => unknown);
  }) as typeof pg.types.getTypeParser,
};
