/** Relevance of documents to one query, by document id; what is not named is not relevant. */
export type Judgements = ReadonlyMap<string, number>;

export interface RankFigures {
  /** Normalised discounted cumulative gain of the first ten, 0..1, with linear gains as BEIR computes it. */
  ndcg10: number;
  /** Part of the relevant documents that is among the first ten, 0..1. */
  recall10: number;
  /** One over the rank of the first relevant document among the first ten; 0 when there is none. */
  mrr10: number;
}

const DEPTH = 10;

const discounted = (gains: readonly number[]): number =>
  gains.reduce((sum, gain, index) => sum + gain / Math.log2(index + 2), 0);

/** Figures of one ranking, best document first. A document that is named twice counts where it comes first. */
export function rankFigures(ranking: readonly string[], judgements: Judgements): RankFigures {
  const first = [...new Set(ranking)].slice(0, DEPTH);
  const gains = first.map((id) => Math.max(0, judgements.get(id) ?? 0));
  const ideal = [...judgements.values()].filter((gain) => gain > 0).sort((a, b) => b - a);
  const best = discounted(ideal.slice(0, DEPTH));
  const hit = gains.findIndex((gain) => gain > 0);
  return {
    ndcg10: best === 0 ? 0 : discounted(gains) / best,
    recall10: ideal.length === 0 ? 0 : gains.filter((gain) => gain > 0).length / ideal.length,
    mrr10: hit < 0 ? 0 : 1 / (hit + 1),
  };
}

/** The mean of several queries' figures; zeros when there are none. */
export function meanFigures(all: readonly RankFigures[]): RankFigures {
  const mean = (pick: (one: RankFigures) => number): number => sum(all.map(pick)) / Math.max(1, all.length);
  return { ndcg10: mean((one) => one.ndcg10), recall10: mean((one) => one.recall10), mrr10: mean((one) => one.mrr10) };
}

export interface PairedDifference {
  /** Of all values, 0..1. */
  first: number;
  second: number;
  /** How many values there are of each. */
  values: number;
  difference: number;
  /** Of the difference. Values of one group are not taken for independent. */
  standardError: number;
}

/** How far the same questions' values differ between two ways of searching; `first` and `second` hold them in the same groups and order. */
export function pairedDifference(
  first: readonly (readonly number[])[],
  second: readonly (readonly number[])[],
): PairedDifference {
  const values = first.flat().length;
  const mean = (groups: readonly (readonly number[])[]): number => sum(groups.flat()) / Math.max(1, values);
  const difference = mean(first) - mean(second);
  const strays = first.map((group, at) => sum(group) - sum(second[at] ?? []) - group.length * difference);
  const groups = strays.filter((_, at) => (first[at]?.length ?? 0) > 0).length;
  const variance = groups < 2 ? 0 : (sum(strays.map((one) => one ** 2)) / values ** 2) * (groups / (groups - 1));
  return { first: mean(first), second: mean(second), values, difference, standardError: Math.sqrt(variance) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, one) => total + one, 0);
}

/** The value that `part` (0..1) of the values do not exceed; 0 for no values. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}
