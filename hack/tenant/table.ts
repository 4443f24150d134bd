/** One column of a table. Numbers go to the right. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** At least so many characters wide; needed where rows are printed one by one, before the widest is known. */
  readonly width?: number;
}

/** What a cell may hold; an absent value is shown as a dash. */
export type Cell = string | number | undefined;

const marks = /\p{Mark}/gu;
const textOf = (cell: Cell): string =>
  cell === undefined || cell === '' ? '–' : String(cell).replace(/\s+/g, ' ').trim();
const widthOf = (text: string): number => [...text.normalize('NFC').replace(marks, '')].length;

function pad(text: string, width: number, align: Column['align']): string {
  const fill = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'right' ? fill + text : text + fill;
}

/** A renderer of single rows whose widths are fixed beforehand, for tables that grow while a person watches. */
export interface RowPrinter {
  readonly head: string;
  row(cells: readonly Cell[]): string;
}

/** Rows for these columns; a cell longer than its column pushes the rest of its row to the right and loses nothing. */
export function rowPrinter(columns: readonly Column[]): RowPrinter {
  const widths = columns.map((column) => Math.max(column.width ?? 0, widthOf(column.title)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => pad(cell, widths[i] ?? 0, columns[i]?.align))
      .join('  ')
      .trimEnd();
  return {
    head: line(columns.map((column) => column.title.toUpperCase())),
    row: (cells) => line(columns.map((_, i) => textOf(cells[i]))),
  };
}

/** A whole table as kubectl draws one: upper-case heads, two spaces between columns, no frame. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string {
  const fitted = columns.map((column, i) => ({
    ...column,
    width: Math.max(column.width ?? 0, ...rows.map((row) => widthOf(textOf(row[i])))),
  }));
  const printer = rowPrinter(fitted);
  return [printer.head, ...rows.map((row) => printer.row(row))].join('\n');
}

/** Breaks text at spaces so that no line is longer than `width`, keeping its own line breaks; a longer word stays whole. */
export function wrap(text: string, width: number, indent = ''): string {
  const wrapLine = (line: string): string[] =>
    line.split(' ').reduce<string[]>((lines, word) => {
      const last = lines.at(-1);
      if (last !== undefined && widthOf(`${indent}${last} ${word}`) <= width)
        lines[lines.length - 1] = `${last} ${word}`;
      else lines.push(word);
      return lines;
    }, []);
  return text
    .split('\n')
    .flatMap(wrapLine)
    .map((line) => `${indent}${line}`.trimEnd())
    .join('\n');
}

/** A stretch of time as people say it: `4.2 s`, `3 min`, `2 h`, `5 d`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}
