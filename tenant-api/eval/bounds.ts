import type { Judgement } from '../src/ask/judge.ts';
import type { Language } from '../src/text/language.ts';
import { oftenAbove } from '../src/ask/reading-self-test.ts';
import { strengthOf } from '../src/ask/refusal.ts';
import { quantile } from './rank-metrics.ts';

/** A question that bounds are set by. */
export interface Calibrating {
  language: Language;
  answerable: boolean;
  judgement: Judgement;
}

/** How strongly one question's evidence was judged, and whether the documents do answer it. */
interface Weighed {
  answerable: boolean;
  /** Words, vectors and conviction together; 0 and 1 are the bounds of words and vectors that are in force. */
  strength: number;
}

export interface BoundFigures {
  /** How often an answerable question's evidence is stronger than an unanswerable one's, 0..1; a tie is half. */
  area: number;
  /** What 95 % of the answerable questions reach. */
  doubtful: number;
  /** What 90 % of the unanswerable questions do not exceed. */
  clear: number;
  /** Part of the unanswerable questions below `doubtful`. */
  refused: number;
}

const ANSWERABLE_LOST = 0.05;
const UNANSWERABLE_HELD = 0.9;

/** What was judged of one question, as one number. */
function weigh(answerable: boolean, { support, conviction }: Judgement): Weighed {
  return { answerable, strength: strengthOf(support, conviction) };
}

/** How strong the evidence would be if a cosine counted `similarity` times beside the words; undefined without vectors. */
function weighWith(
  similarity: number,
  answerable: boolean,
  { support: { found, nearest, nameless } }: Judgement,
): Weighed | undefined {
  if (nearest === undefined) return undefined;
  return { answerable, strength: nameless ? -Infinity : found + similarity * nearest };
}

/** Where docs/adr/0025 would set the bounds by these questions. Undefined without questions of both kinds. */
function boundsByRule(weighed: readonly Weighed[]): BoundFigures | undefined {
  const strengths = (answerable: boolean): number[] =>
    weighed.filter((one) => one.answerable === answerable).map((one) => one.strength);
  const carried = strengths(true);
  const empty = strengths(false);
  const doubtful = carried.toSorted((a, b) => a - b)[Math.floor(ANSWERABLE_LOST * carried.length)];
  if (doubtful === undefined || empty.length === 0) return undefined;
  return {
    area: oftenAbove(carried, empty),
    doubtful,
    clear: quantile(empty, UNANSWERABLE_HELD),
    refused: empty.filter((one) => one < doubtful).length / empty.length,
  };
}

/** What a cosine is multiplied with when a model is calibrated. */
const SIMILARITIES = [0, 0.5, 1, 1.5, 2, 3];

/** What the rule makes of questions as `weighed` weighs them, by language; a language without questions of both kinds is left out. */
function byLanguage(
  questions: readonly Calibrating[],
  weighed: (question: Calibrating) => Weighed | undefined,
): [string, BoundFigures][] {
  const groups = { German: ['de'], English: ['en'], both: ['de', 'en'] };
  return Object.entries(groups).flatMap(([name, languages]) => {
    const group = questions.filter(({ language }) => languages.includes(language));
    const found = boundsByRule(group.flatMap((question) => weighed(question) ?? []));
    return found ? [[name, found]] : [];
  });
}

/** Where the rule would set the bounds, in units of those in force, by language. */
export function boundsInForce(questions: readonly Calibrating[]): Record<string, BoundFigures> {
  return Object.fromEntries(byLanguage(questions, ({ answerable, judgement }) => weigh(answerable, judgement)));
}

/** The same for a model whose cosines were never calibrated: in sums of words and cosines, by language and what a cosine counts. */
export function boundsOfSums(questions: readonly Calibrating[]): Record<string, BoundFigures> {
  return Object.fromEntries(
    SIMILARITIES.flatMap((similarity) =>
      byLanguage(questions, ({ answerable, judgement }) => weighWith(similarity, answerable, judgement)).map(
        ([name, found]) => [`${name}, ${similarity}`, found],
      ),
    ),
  );
}
