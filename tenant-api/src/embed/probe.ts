import { createEmbedder, type Embedder } from './embedder.ts';
import { normalisations, type Normalisation } from './normalise.ts';
import type { Ollama } from './ollama.ts';
import type { EmbeddingPreset } from './presets.ts';
import { goldenText, judgeEmbeddings, probeTexts, type Verdict } from './self-test.ts';

export interface ProbeInput {
  ollama: Pick<Ollama, 'embed'>;
  model: string;
  preset: EmbeddingPreset;
  /** The normalisation and golden vector that an index was made with; tried first, so that an index is kept while it can be. */
  known?: { normalisation: Normalisation; golden: readonly number[] };
  signal?: AbortSignal;
}

export interface Tried extends Verdict {
  normalisation: Normalisation;
}

export interface ProbeResult {
  /** The first normalisation that passed; undefined when none did. */
  chosen?: { normalisation: Normalisation; embedder: Embedder; golden: number[] };
  tried: Tried[];
}

async function vectorsOf(embedder: Embedder, signal?: AbortSignal): Promise<Map<string, number[]>> {
  const vectors = await embedder.passages(probeTexts, signal);
  return new Map(probeTexts.map((text, index) => [text, vectors[index] ?? []]));
}

/** Runs the self-test with each normalisation in turn until one passes. */
export async function probeModel(input: ProbeInput): Promise<ProbeResult> {
  const { ollama, model, preset, known, signal } = input;
  const order = known
    ? [known.normalisation, ...normalisations.filter((one) => one !== known.normalisation)]
    : normalisations;
  const tried: Tried[] = [];
  for (const normalisation of order) {
    const embedder = createEmbedder({ ollama, model, preset, normalisation });
    const vectors = await vectorsOf(embedder, signal);
    const golden = known?.normalisation === normalisation ? { golden: known.golden } : {};
    const verdict = judgeEmbeddings(vectors, { dimensions: preset.dimensions, uncased: preset.uncased, ...golden });
    tried.push({ normalisation, ...verdict });
    if (verdict.ok) return { chosen: { normalisation, embedder, golden: vectors.get(goldenText) ?? [] }, tried };
  }
  return { tried };
}
