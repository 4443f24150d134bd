/** A cell as RFC 4180 has it; null is empty, never 0. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One line of values, ended as RFC 4180 wants it. */
export function csvLine(values: readonly unknown[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

/** `consumptionKw` is `consumption_kw` in a file, as it is in the database. */
export function columnName(field: string): string {
  return field.replace(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
}

/** A whole table, page by page: the first line names the columns. */
export async function* csvOf<Row extends object>(
  fields: readonly (keyof Row & string)[],
  pages: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string, void, undefined> {
  yield csvLine(fields.map(columnName));
  for await (const rows of pages) yield rows.map((row) => csvLine(fields.map((field) => row[field]))).join('');
}
