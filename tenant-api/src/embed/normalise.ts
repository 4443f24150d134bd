import { foldDiacritics } from '../text/fold.ts';

/** What is done to a text before it is embedded, so that the model server's faults do not reach the vectors. */
export type Normalisation = 'none' | 'fold-diacritics' | 'fold-and-lowercase';

/** In the order they are tried: the first that passes the self-test is used. */
export const normalisations: readonly Normalisation[] = ['none', 'fold-diacritics', 'fold-and-lowercase'];

const functions: Record<Normalisation, (text: string) => string> = {
  none: (text) => text,
  'fold-diacritics': foldDiacritics,
  'fold-and-lowercase': (text) => foldDiacritics(text).toLowerCase(),
};

/** Applies a normalisation; only the embedding sees the result, never the stored text. */
export function normaliseForEmbedding(text: string, normalisation: Normalisation): string {
  return functions[normalisation](text);
}
