import type { EvidenceRule } from '../ask/refusal.ts';

/** What has to be known of an embedding model to use it well; the server does not tell. */
export interface EmbeddingPreset {
  /** Length of the vectors. */
  dimensions: number;
  /** Longest input in the model's own tokens. */
  contextTokens: number;
  /** Put before every passage; models trained with prefixes lose without them. */
  documentPrefix: string;
  /** Put before every question. */
  queryPrefix: string;
  /** Letters per token of German text, on the careful side; see chunk/tokens.ts. */
  charsPerToken: number;
  /** The model was trained on lower-cased text, so upper and lower case must come out (nearly) the same. */
  uncased: boolean;
  /**
   * The dense leg's share in the fusion, 0..1, until the service has measured it on the tenant's own documents (search/tuner.ts).
   * The lexical leg has the rest. English models get little in a German house.
   */
  denseShare: number;
  /** How its cosines count as evidence; undefined where they were never calibrated, and words alone decide. */
  evidence?: EvidenceRule;
}

const bertEnglish = { charsPerToken: 2.8, uncased: true } as const;
const multilingual = { charsPerToken: 3.2, uncased: false, denseShare: 0.5 } as const;
const e5 = { contextTokens: 512, documentPrefix: 'passage: ', queryPrefix: 'query: ', ...multilingual } as const;
// Calibrated on the development half of docs/eval and on half of XQuAD with and without each question's own text: docs/adr/0021, 0023, 0025 and 0033.
const miniLmEvidence: EvidenceRule = {
  similarity: 1,
  bounds: { de: { doubtful: 0.85, clear: 1.3 }, en: { doubtful: 0.65, clear: 1.65 } },
};
const e5SmallEvidence: EvidenceRule = {
  similarity: 2,
  bounds: { de: { doubtful: 2.15, clear: 2.55 }, en: { doubtful: 1.95, clear: 2.85 } },
};
// On the development half alone: docs/adr/0034.
const gemmaEvidence: EvidenceRule = {
  similarity: 1.5,
  bounds: { de: { doubtful: 1.2, clear: 1.45 }, en: { doubtful: 0.9, clear: 2.1 } },
};
const none = { documentPrefix: '', queryPrefix: '' } as const;
const nomic = { documentPrefix: 'search_document: ', queryPrefix: 'search_query: ' } as const;

// First match wins; matched against the model's name without registry, namespace and tag.
const presets: readonly (readonly [RegExp, EmbeddingPreset])[] = [
  [
    /^(?:gt-)?all-minilm/u,
    { dimensions: 384, contextTokens: 256, ...none, ...bertEnglish, denseShare: 0.2, evidence: miniLmEvidence },
  ],
  [/^nomic-embed-text-v2/u, { dimensions: 768, contextTokens: 512, ...nomic, ...multilingual }],
  [/^nomic-embed-text/u, { dimensions: 768, contextTokens: 2048, ...nomic, ...bertEnglish, denseShare: 0.3 }],
  [
    /^embeddinggemma/u,
    {
      dimensions: 768,
      contextTokens: 2048,
      documentPrefix: 'title: none | text: ',
      queryPrefix: 'task: search result | query: ',
      ...multilingual,
      evidence: gemmaEvidence,
    },
  ],
  [/multilingual-e5-small/u, { dimensions: 384, ...e5, evidence: e5SmallEvidence }],
  [/multilingual-e5-large/u, { dimensions: 1024, ...e5 }],
  [/multilingual-e5/u, { dimensions: 768, ...e5 }],
  [/^paraphrase-multilingual/u, { dimensions: 768, contextTokens: 512, ...none, ...multilingual }],
  [/^bge-m3/u, { dimensions: 1024, contextTokens: 8192, ...none, ...multilingual }],
];

/** The name that presets go by: `registry/namespace/all-minilm:33m` is `all-minilm`. */
function baseName(model: string): string {
  return (model.toLowerCase().split('/').at(-1) ?? '').split(':')[0] ?? '';
}

/**
 * The preset of a model by its name. An unknown model gets careful values (512 tokens, no prefixes) and the dimensions
 * from the configuration; a known one keeps its own dimensions, and the self-test finds a configuration that differs.
 */
export function presetFor(model: string, dimensions: number): EmbeddingPreset {
  const name = baseName(model);
  const known = presets.find(([pattern]) => pattern.test(name))?.[1];
  if (known) return { ...known, dimensions };
  return { dimensions, contextTokens: 512, ...none, charsPerToken: 2.8, uncased: false, denseShare: 0.3 };
}
