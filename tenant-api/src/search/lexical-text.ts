import type { Language } from '../text/language.ts';
import { compoundParts, terms, type Cutter } from '../text/terms.ts';

/** The parts of the text's German compounds, which the server's stemmer leaves whole. */
function partsOfCompounds(text: string, language: Language, cut: Cutter): string[] {
  if (language !== 'de') return [];
  return (text.match(/\p{L}{7,}/gu) ?? []).flatMap((word) => {
    const known = cut(word);
    if (known.length > 1) return [...known];
    const parts = compoundParts(word);
    return parts.length > 1 ? parts : [];
  });
}

/**
 * The text that BM25 sees: the text itself, each identifier once more as one unbroken word, and the parts of German
 * compounds, as `cut` knows them or as their joints show. The server's tokenizer cuts `1.8.0` into three digits that occur
 * everywhere; `x1x8x0` is as rare as the identifier is. Questions and passages alike.
 */
export function lexicalText(text: string, language: Language, cut: Cutter = () => []): string {
  const identifiers = new Set(
    terms(text, language)
      .filter((term) => term.identifier)
      .map((term) => term.key),
  );
  const words = [...[...identifiers].flatMap(unbroken), ...partsOfCompounds(text, language, cut)];
  return words.length === 0 ? text : `${text}\n${words.join(' ')}`;
}

/** `1-0:1.8.0` gives the whole and the part after each prefix sign, so that `1.8.0` finds it too. */
function unbroken(identifier: string): string[] {
  const parts = identifier.split(/[:/*_+-]/u);
  const wholes =
    parts.length > 1 ? [identifier, ...parts.filter((part) => /\p{N}.*[.,].*\p{N}/u.test(part))] : [identifier];
  return wholes.map((whole) => `x${whole.replace(/[^\p{L}\p{N}]+/gu, 'x')}`);
}
