/** One block of a document in reading order. `page` counts from 1 and is there where the format has pages. */
export type Block =
  | { kind: 'heading'; level: number; text: string; page?: number }
  | { kind: 'paragraph'; text: string; page?: number }
  | { kind: 'lines'; text: string; page?: number }
  | { kind: 'table'; rows: string[][]; page?: number };

/** What extraction yields, whatever the file was. */
export interface ExtractedDocument {
  blocks: Block[];
  title?: string;
  /** The document's own language tag, when it states one. */
  languageTag?: string;
  /** What could not be read of it, a sentence each. */
  warnings?: string[];
}

/** True when nothing readable came out: a scanned page without OCR, or white space only. */
export function hasNoText(blocks: readonly Block[]): boolean {
  return !blocks.some((block) =>
    block.kind === 'table'
      ? block.rows.some((row) => row.some((cell) => /[\p{L}\p{N}]/u.test(cell)))
      : /[\p{L}\p{N}]/u.test(block.text),
  );
}

/** All of the document's running text, for language detection and counts. */
export function plainText(blocks: readonly Block[]): string {
  return blocks.map((block) => (block.kind === 'table' ? tableText(block.rows) : block.text)).join('\n\n');
}

/** A table as text: a line per row, cells divided by ` | `. */
export function tableText(rows: readonly string[][]): string {
  return rows.map((row) => row.join(' | ')).join('\n');
}
