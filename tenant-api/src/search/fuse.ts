import { clarity } from './clarity.ts';

/** A candidate of one leg with that leg's raw score. */
export interface Hit {
  id: string;
  score: number;
}

/** A candidate after fusion. `dense` and `lexical` are the raw scores, undefined where a leg did not find it. */
export interface FusedHit {
  id: string;
  score: number;
  dense?: number;
  lexical?: number;
}

/** The candidates of both legs, each best first. */
export interface Legs {
  dense: readonly Hit[];
  lexical: readonly Hit[];
}

/** Scores brought to 0..1. BM25 has a natural zero; a cosine has none, so the leg's own lowest candidate is its zero. */
function scaled(hits: readonly Hit[], floor: number): Map<string, number> {
  const top = Math.max(...hits.map((hit) => hit.score));
  const span = top - floor;
  return new Map(hits.map((hit) => [hit.id, span > 0 ? (hit.score - floor) / span : 1]));
}

/** Words that stand out by this have the say that they were given; see clarity.ts. */
const USUAL = 0.5;
/** How fast the odds of the vectors fall with what the words stand out more: by this power of e for 1. */
const LEAN = 2;

/** Where the words have one clear favourite they are worth more than usual, and less where they hardly tell candidates apart: docs/adr/0026. */
function shareFor(legs: Legs, denseShare: number): number {
  if (legs.dense.length === 0) return 0;
  if (legs.lexical.length === 0) return 1;
  const odds = denseShare * Math.exp(-LEAN * (clarity(legs).standsOut - USUAL));
  // In brackets: a sum that is rounded before the difference would make a share of more than 1.
  return odds / (odds + (1 - denseShare));
}

/**
 * Fuses the two legs' candidates as a convex combination of their normalised scores, best first. Scores, not ranks: rank
 * fusion drags a good leg down to a bad one. A candidate that a leg did not find has 0 there; a leg that found nothing
 * has no say. `denseShare` is the dense leg's weight, 0..1, for a question whose words stand out as usual. Ties keep a fixed order by id.
 */
export function fuse(legs: Legs, denseShare: number): FusedHit[] {
  const { dense, lexical } = legs;
  const share = shareFor(legs, denseShare);
  const denseScaled = scaled(dense, Math.min(...dense.map((hit) => hit.score)));
  const lexicalScaled = scaled(lexical, 0);
  const fused = new Map<string, FusedHit>();
  for (const { id } of [...dense, ...lexical]) {
    const score = share * (denseScaled.get(id) ?? 0) + (1 - share) * (lexicalScaled.get(id) ?? 0);
    fused.set(id, { id, score });
  }
  for (const { id, score } of dense) Object.assign(fused.get(id) ?? {}, { dense: score });
  for (const { id, score } of lexical) Object.assign(fused.get(id) ?? {}, { lexical: score });
  return [...fused.values()].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
}
