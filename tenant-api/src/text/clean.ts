// Control characters other than tab, newline and form feed; PostgreSQL refuses NUL, and the others carry nothing to a reader.
const control = /(?![\t\n\f])[\p{Cc}\uFFFE\uFFFF]/gu;
const invisible = /\u00AD|\u200B|\u200C|\u200D|\u2060|\uFEFF/gu;
const ligatures = /[\uFB00-\uFB06]/gu;

/** Text as it is stored and searched: composed characters, no control or invisible characters, no ligatures, unix newlines. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?/gu, '\n')
    .replace(/[\u0085\u2028\u2029]/gu, '\n')
    .replace(control, '')
    .replace(invisible, '')
    .replace(ligatures, (ligature) => ligature.normalize('NFKC'))
    .replace(/[\u00A0\u2007\u202F]/gu, ' ')
    .toWellFormed()
    .normalize('NFC');
}

/** One line of running text: white space collapsed. */
export function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}

const startsItem = /^(?:[-–—•*·‣▪◦]\s|\d+[.)]\s|[a-z][.)]\s|\d+(?:[.:]\d+)+\s|\|)/u;

function continues(line: string, next: string, widest: number): boolean {
  if (startsItem.test(next)) return false;
  if (/[,;(–-]$/u.test(line) || /^\p{Ll}/u.test(next)) return true;
  return widest >= 45 && line.length >= widest * 0.6;
}

/**
 * Joins the hard-wrapped lines of one paragraph and keeps the breaks that mean something (list items, rows of a listing):
 * a line goes on when it is nearly as wide as the widest or its neighbour starts in lower case. Words hyphenated at a
 * line's end are made whole.
 */
export function reflow(paragraph: string): string {
  const lines = paragraph
    .split('\n')
    .map(oneLine)
    .filter((line) => line !== '');
  const widest = Math.max(0, ...lines.map((line) => line.length));
  let out = lines[0] ?? '';
  let last = out;
  for (const line of lines.slice(1)) {
    if (/\p{L}-$/u.test(last) && /^\p{Ll}/u.test(line) && !/^(?:und|oder|bzw|and|or)\b/u.test(line))
      out = out.slice(0, -1) + line;
    else out += (continues(last, line, widest) ? ' ' : '\n') + line;
    last = line;
  }
  return out;
}
