/**
 * The closed vocabulary of `smart_meter_readings.quality`, in the order of their codes in a batch (never re-ordered; new words at the end).
 * `ok`: measured. `missing`: no value arrived, every value is null, never 0. `estimated`, `recovered`: filled in later. The rest are
 * values that were refused, by what is wrong with them; a refused value is stored as null.
 */
export const QUALITIES = [
  'ok',
  'missing',
  'estimated',
  'recovered',
  'max_read',
  'very_high',
  'negative',
  'unit_error',
  'wrong_time',
  'suspicious_zero',
] as const;

export type Quality = (typeof QUALITIES)[number];

const CODES: ReadonlyMap<string, number> = new Map(QUALITIES.map((word, code) => [word, code]));

/** The code of a quality in a batch; undefined for a word that is not in the vocabulary. */
export function qualityCode(word: string): number | undefined {
  return CODES.get(word);
}

/** The word of a code. Throws a RangeError for a code that no word has. */
export function qualityWord(code: number): Quality {
  const word = QUALITIES[code];
  if (word === undefined) throw new RangeError(`no quality has the code ${code}`);
  return word;
}
