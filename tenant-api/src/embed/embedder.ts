import { isLunaError } from '@luna-iems/service-kit';
import { normaliseForEmbedding, type Normalisation } from './normalise.ts';
import type { Lane } from './model-gate.ts';
import type { Ollama } from './ollama.ts';
import type { EmbeddingPreset } from './presets.ts';

/** Turns texts into vectors the one way that a profile fixes. Passages wait for questions at the model, unless told otherwise. */
export interface Embedder {
  /** One entry per text, in order; undefined where a text is too long for the model, alone in its request. */
  passages(texts: readonly string[], signal?: AbortSignal, lane?: Lane): Promise<(number[] | undefined)[]>;
  /** The vector of a question. A question too long for the model is cut, from its end, until it fits. */
  query(text: string, signal?: AbortSignal, lane?: Lane): Promise<number[]>;
}

export interface EmbedderDeps {
  ollama: Pick<Ollama, 'embed'>;
  model: string;
  preset: EmbeddingPreset;
  normalisation: Normalisation;
}

/** Inputs in one request: enough to keep the server busy, few enough that a question does not wait long behind them. */
const BATCH = 8;

type Vector = number[] | undefined;

/** One request to the model as its caller wants it. */
interface Wanted {
  signal: AbortSignal | undefined;
  lane: Lane;
}

/** Sends inputs together and, when the server refuses the lot, in halves, until the one that is too long stands alone. */
async function embedOrBisect(deps: EmbedderDeps, inputs: readonly string[], wanted: Wanted): Promise<Vector[]> {
  try {
    return await deps.ollama.embed(deps.model, inputs, wanted.signal, wanted.lane);
  } catch (error) {
    if (!isLunaError(error, 'LUNA_EMBED_REFUSED')) throw error;
    if (inputs.length === 1) return [undefined];
  }
  const middle = Math.ceil(inputs.length / 2);
  const left = await embedOrBisect(deps, inputs.slice(0, middle), wanted);
  return [...left, ...(await embedOrBisect(deps, inputs.slice(middle), wanted))];
}

/** Makes an embedder for one model, preset and normalisation. */
export function createEmbedder(deps: EmbedderDeps): Embedder {
  const { preset, normalisation } = deps;
  return {
    passages: async (texts, signal, lane = 'background') => {
      const vectors: Vector[] = [];
      for (let from = 0; from < texts.length; from += BATCH) {
        const batch = texts
          .slice(from, from + BATCH)
          .map((text) => preset.documentPrefix + normaliseForEmbedding(text, normalisation));
        vectors.push(...(await embedOrBisect(deps, batch, { signal, lane })));
      }
      return vectors;
    },
    query: async (text, signal, lane = 'ask') => {
      for (let length = text.length; ; length = Math.floor(length / 2)) {
        const input = preset.queryPrefix + normaliseForEmbedding(text.slice(0, length), normalisation);
        const [vector] =
          length > 1
            ? await embedOrBisect(deps, [input], { signal, lane })
            : await deps.ollama.embed(deps.model, [input], signal, lane);
        if (vector) return vector;
      }
    },
  };
}
