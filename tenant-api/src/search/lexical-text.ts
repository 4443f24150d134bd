import { terms } from '../text/terms.ts';

/**
 * The text that BM25 sees: the text itself, and each identifier once more as one unbroken word. The server's tokenizer cuts
 * `1.8.0` into three digits that occur everywhere; `x1x8x0` is as rare as the identifier is. Questions and passages alike.
 */
export function lexicalText(text: string): string {
  const identifiers = new Set(
    terms(text, 'en')
      .filter((term) => term.identifier)
      .map((term) => term.key),
  );
  const words = [...identifiers].flatMap(unbroken);
  return words.length === 0 ? text : `${text}\n${words.join(' ')}`;
}

/** `1-0:1.8.0` gives the whole and the part after each prefix sign, so that `1.8.0` finds it too. */
function unbroken(identifier: string): string[] {
  const parts = identifier.split(/[:/*_+-]/u);
  const wholes =
    parts.length > 1 ? [identifier, ...parts.filter((part) => /\p{N}.*[.,].*\p{N}/u.test(part))] : [identifier];
  return wholes.map((whole) => `x${whole.replace(/[^\p{L}\p{N}]+/gu, 'x')}`);
}
