import type { Block } from './blocks.ts';
import { cleanText, oneLine, reflow } from '../text/clean.ts';

const numbered = /^(?:§\s*)?\d+(?:\.\d+){0,4}\.?\s+\p{Lu}/u;
const underline = /^(?:={3,}|-{3,}|~{3,}|\*{3,})$/u;

/** How deep a numbered heading stands: `2.1 Anschluss` is below `2 Netz`; undefined for a line without a number. */
function numberedLevel(line: string): number | undefined {
  if (!numbered.test(line)) return undefined;
  const depth = /^(?:§\s*)?(\d+(?:\.\d+)*)/u.exec(line)?.[1]?.split('.').length ?? 1;
  return Math.min(6, depth + 1);
}

/**
 * Tells a heading in text without markup: one short line without a sentence's end that is numbered or in capitals.
 * Returns its level, or undefined.
 */
export function headingLevel(line: string): number | undefined {
  if (line.length > 90 || line.includes('\n') || /[.;,:!?|]$/u.test(line)) return undefined;
  const level = numberedLevel(line);
  if (level !== undefined) return level;
  const letters = line.match(/\p{L}/gu)?.length ?? 0;
  return letters >= 4 && line === line.toUpperCase() ? 2 : undefined;
}

/** The first line of several is a heading only when the next one starts afresh and is none itself: a table of contents is a listing. */
function opensText(second: string | undefined): boolean {
  return second === undefined || (/^[\p{Lu}\p{N}•–-]/u.test(second) && headingLevel(second) === undefined);
}

function firstHeading(first: string, second: string | undefined): { level: number; lines: number } | undefined {
  if (second !== undefined && underline.test(second)) return { level: second.startsWith('=') ? 1 : 2, lines: 2 };
  const level = headingLevel(first);
  return level !== undefined && opensText(second) ? { level, lines: 1 } : undefined;
}

/** Turns one paragraph of unmarked text into blocks: a heading with what follows it, running text, or a listing of lines. */
export function paragraphBlocks(raw: string, page?: number): Block[] {
  const at = page === undefined ? {} : { page };
  const lines = raw
    .split('\n')
    .map(oneLine)
    .filter((line) => line !== '');
  const [first, second] = lines;
  if (first === undefined) return [];
  const heading = firstHeading(first, second);
  if (heading) {
    const rest = paragraphBlocks(lines.slice(heading.lines).join('\n'), page);
    return [{ kind: 'heading', level: heading.level, text: first, ...at }, ...rest];
  }
  const text = reflow(lines.join('\n'));
  return [{ kind: text.includes('\n') ? 'lines' : 'paragraph', text, ...at }];
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
