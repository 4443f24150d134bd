import type { Block } from './blocks.ts';
import { cleanText, oneLine, reflow } from '../text/clean.ts';

const numbered = /^(?:§\s*)?\d+(?:\.\d+){0,4}\.?\s+\p{Lu}/u;
const underline = /^(?:={3,}|-{3,}|~{3,}|\*{3,})$/u;

/**
 * Tells a heading in text without markup: one short line without a sentence's end that is numbered, in capitals, or
 * introduces a paragraph. Returns its level, or undefined.
 */
export function headingLevel(line: string): number | undefined {
  if (line.length > 90 || line.includes('\n') || /[.;,:!?|]$/u.test(line.replace(/^\d+(?:\.\d+)*\.$/u, 'x.')))
    return undefined;
  if (numbered.test(line))
    return Math.min(6, (line.match(/^(?:§\s*)?(\d+(?:\.\d+)*)/u)?.[1]?.split('.').length ?? 1) + 1);
  const letters = line.match(/\p{L}/gu)?.length ?? 0;
  if (letters >= 4 && line === line.toUpperCase()) return 2;
  return undefined;
}

function isListing(text: string): boolean {
  return text.includes('\n');
}

/** Turns one paragraph of unmarked text into blocks: a heading with what follows it, running text, or a listing of lines. */
export function paragraphBlocks(raw: string, page?: number): Block[] {
  const at = page === undefined ? {} : { page };
  const lines = raw
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const [first, second] = lines;
  if (first === undefined) return [];
  if (second !== undefined && underline.test(second)) {
    const level = second.startsWith('=') ? 1 : 2;
    return [
      { kind: 'heading', level, text: oneLine(first), ...at },
      ...paragraphBlocks(lines.slice(2).join('\n'), page),
    ];
  }
  const level = headingLevel(oneLine(first));
  // The first line of several is a heading only when the next one starts afresh and is no heading itself: a table of contents is a listing.
  if (
    level !== undefined &&
    (second === undefined || (/^[\p{Lu}\p{N}•–-]/u.test(second) && headingLevel(oneLine(second)) === undefined))
  ) {
    return [
      { kind: 'heading', level, text: oneLine(first), ...at },
      ...paragraphBlocks(lines.slice(1).join('\n'), page),
    ];
  }
  const text = reflow(lines.join('\n'));
  return [{ kind: isListing(text) ? 'lines' : 'paragraph', text, ...at }];
}

/** The blocks of a plain text file: paragraphs are divided by empty lines, pages by form feeds. */
export function plainBlocks(text: string): Block[] {
  const pages = cleanText(text).split('\f');
  return pages.flatMap((content, index) =>
    content
      .split(/\n[ \t]*\n/u)
      .flatMap((paragraph) => paragraphBlocks(paragraph, pages.length > 1 ? index + 1 : undefined)),
  );
}
