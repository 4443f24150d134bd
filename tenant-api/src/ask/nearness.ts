import { errorMessage } from '@luna-iems/service-kit';
import { cosine } from '../embed/vectors.ts';
import type { Retrieved, RetrieveDeps } from '../search/retrieve.ts';
import type { Candidate } from './evidence.ts';

/**
 * How near sentences are to the question in meaning, by their text: 1 the nearest of those that were compared, 0 the farthest. Cosines of
 * different models lie in different ranges; what they say among themselves can be compared. Empty where no model could compare them.
 */
export type Nearness = ReadonlyMap<string, number>;

/** Words alone choose well enough when the model is this slow. */
const TIMEOUT_MS = 10_000;

/** Pure: of the texts' vectors, in their order; a text without a vector is left out. */
export function nearnessOf(
  question: readonly number[],
  texts: readonly string[],
  vectors: readonly (readonly number[] | undefined)[],
): Nearness {
  const cosines = texts.flatMap((text, at) => (vectors[at] ? [[text, cosine(question, vectors[at])] as const] : []));
  const values = cosines.map(([, value]) => value);
  const [farthest, nearest] = [Math.min(...values), Math.max(...values)];
  const range = nearest - farthest || 1;
  return new Map(cosines.map(([text, value]) => [text, (value - farthest) / range]));
}

export type NearnessDeps = Pick<RetrieveDeps, 'clock' | 'log' | 'observe'>;

/** Compares the candidates with the question by the model that embedded it. Empty, with a word in the log, while the model is away. */
export async function compareSentences(
  deps: NearnessDeps,
  { vector, profile }: Required<Pick<Retrieved, 'vector' | 'profile'>>,
  candidates: readonly Candidate[],
  signal: AbortSignal,
): Promise<Nearness> {
  const texts = [...new Set(candidates.map((candidate) => candidate.text))];
  try {
    const start = deps.clock.monotonicMs();
    const late = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const vectors = await profile.embedder.passages(texts, late, 'ask');
    deps.observe('sentences', (deps.clock.monotonicMs() - start) / 1000);
    return nearnessOf(vector, texts, vectors);
  } catch (error) {
    signal.throwIfAborted();
    deps.log.warn({ reason: errorMessage(error) }, 'sentences could not be embedded; choosing by words only');
    return new Map();
  }
}
