import type { Language } from './language.ts';

const segmenters: Record<Language, Intl.Segmenter> = {
  de: new Intl.Segmenter('de', { granularity: 'sentence' }),
  en: new Intl.Segmenter('en', { granularity: 'sentence' }),
};

// Ends that are no sentence's end: ordinals and dates ("1. Januar"), initials ("z. B."), and the usual abbreviations.
const falseEnd =
  /(?:(?:^|[\s(])(?:\d{1,2}|\p{L}|bzw|ca|vgl|Nr|Abs|Art|Abb|Tab|inkl|exkl|ggf|evtl|etc|usw|zzgl|max|min|Mio|Mrd|Std|Str|Dr|Prof|Fa|sog|gem|lt|s\.o|e\.g|i\.e|No|Fig|Sec|approx|incl|vs)\.)$/iu;

/** A piece of a text and where it starts in it: `text.slice(start, start + piece.length) === piece`. */
export interface Span {
  text: string;
  start: number;
}

function trimmed(text: string, start: number): Span | undefined {
  const core = text.trim();
  if (core === '') return undefined;
  return { text: core, start: start + text.indexOf(core) };
}

/** Splits a text into sentences, lines of a table or list each on their own. The spans are exact substrings, in order. */
export function sentences(text: string, language: Language): Span[] {
  const spans: Span[] = [];
  let open: { text: string; start: number } | undefined;
  for (const { segment, index } of segmenters[language].segment(text)) {
    open = open === undefined ? { text: segment, start: index } : { text: open.text + segment, start: open.start };
    const goesOn = falseEnd.test(open.text.trimEnd()) && !segment.includes('\n');
    if (goesOn) continue;
    const span = trimmed(open.text, open.start);
    if (span) spans.push(span);
    open = undefined;
  }
  const rest = open && trimmed(open.text, open.start);
  if (rest) spans.push(rest);
  return spans;
}
