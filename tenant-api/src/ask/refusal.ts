import type { Language } from '../text/language.ts';
import { namesUnknown, type Candidate } from './evidence.ts';
import type { Clarity } from '../search/clarity.ts';
import type { Passage } from './passage.ts';
import { MOST_CONVINCED } from './reading-self-test.ts';

const refusal: Record<Language, string> = {
  de: 'Dazu steht nichts in Ihren Dokumenten.',
  en: 'Your documents say nothing about this.',
};

/** What is answered when the documents do not carry an answer. */
export function refusalSentence(language: Language): string {
  return refusal[language];
}

const doubt: Record<Language, string> = {
  de: 'Ob Ihre Dokumente das beantworten, ist nicht sicher. Am nächsten kommt:',
  en: 'It is not certain that your documents answer this. Closest is:',
};

/** What stands above quotes that may answer the question or only be about the same thing. */
export function doubtSentence(language: Language): string {
  return doubt[language];
}

/**
 * What the documents carry: an answer; something that may be one or may only be about the same thing; nothing. Words and vectors see what a
 * passage is about, so there is much between the ends: docs/adr/0025.
 */
export type Evidence = 'clear' | 'doubtful' | 'none';

/** What the sum of the evidence must reach to be doubtful, and to be clear. */
interface Bounds {
  doubtful: number;
  clear: number;
}

/** How a model's cosines count beside the words, calibrated for the model; see docs/adr/0021 and 0025. */
export interface EvidenceRule {
  /** What the best passage's cosine is multiplied with before it is added to the rest. */
  similarity: number;
  /** By the language of the question. */
  bounds: Record<Language, Bounds>;
}

/** What must be reached where no model helps to judge. */
const BY_WORDS: EvidenceRule['bounds'] = {
  de: { doubtful: 0.45, clear: 0.8 },
  en: { doubtful: 0.25, clear: 1.05 },
};
/** What words must cover where something is asked for by a name that no passage has; then it is doubtful, and never clear. */
const WITHOUT_NAME = 0.57;
/** What a search that found something clearly adds to the part of the question that is covered: docs/adr/0023. */
const STANDS_OUT = 0.3;
const AGREEMENT = 0.15;

export interface Judged {
  question: string;
  language: Language;
  clarity: Clarity;
  /** Undefined for a model that was never calibrated. */
  rule: EvidenceRule | undefined;
}

/** What words and vectors say for an answer. */
export interface Support {
  /** By words: what their best sentence covers of the question, and how clearly the search found something. */
  found: number;
  /** The nearest passage's cosine to the question; undefined where there are no vectors. */
  nearest: number | undefined;
  /** 0 at the bound of doubt, 1 at that of clearness; the same for all models and languages. */
  at: number;
  /** Something is asked for by a name that no passage has: doubtful at best. */
  nameless: boolean;
}

/**
 * How far the passages carry an answer: by the part of the question that their best sentence covers, by how clearly the search found them
 * and, where the model is calibrated and the question could be embedded, by how near the nearest passage is. Where something is asked for by
 * a name that no passage has, only the words count.
 */
export function supportOf(
  candidates: readonly Candidate[],
  passages: readonly Passage[],
  { question, language, clarity, rule }: Judged,
): Support {
  const coverage = Math.max(0, ...candidates.map((candidate) => candidate.evidence));
  const found = coverage + STANDS_OUT * clarity.standsOut + AGREEMENT * clarity.agreement;
  const cosines = passages.flatMap((passage) => passage.dense ?? []);
  const nearest = cosines.length === 0 ? undefined : Math.max(...cosines);
  if (namesUnknown(question, passages, language))
    return { found, nearest, at: coverage >= WITHOUT_NAME ? 0 : -Infinity, nameless: true };
  const at =
    !rule || nearest === undefined
      ? between(found, BY_WORDS[language])
      : between(found + rule.similarity * nearest, rule.bounds[language]);
  return { found, nearest, at, nameless: false };
}

function between(sum: number, { doubtful, clear }: Bounds): number {
  return (sum - doubtful) / (clear - doubtful);
}

const WITHOUT_READER: Bounds = { doubtful: 0, clear: 1 };
/** The bounds of the sum with a reader's conviction: docs/adr/0035. */
const WITH_READER: Bounds = { doubtful: -0.65, clear: 1.1 };
/** What a reader's conviction of 1, in natural log-odds, is worth of the way from doubt to clearness. */
const CONVICTION_WORTH = 0.75;

/** All that speaks for an answer as one number, on the scale of {@link Support.at}. */
export function strengthOf({ at }: Support, conviction = 0): number {
  return at + CONVICTION_WORTH * conviction;
}

/** The evidence by words and vectors and, where one has read the passages, by a reader's conviction (-3 to 3). */
export function evidenceOf(support: Support, conviction?: number): Evidence {
  const bounds = conviction === undefined ? WITHOUT_READER : WITH_READER;
  const evidence = within(strengthOf(support, conviction), bounds);
  return support.nameless && evidence === 'clear' ? 'doubtful' : evidence;
}

/**
 * Whether a reader could make something else of it by being more convinced than `heard`: reading takes seconds where there is no graphics
 * card.
 */
export function mayChange(support: Support, heard = -MOST_CONVINCED): boolean {
  return evidenceOf(support, heard) !== evidenceOf(support, MOST_CONVINCED);
}

function within(sum: number, { doubtful, clear }: Bounds): Evidence {
  if (sum >= clear) return 'clear';
  return sum >= doubtful ? 'doubtful' : 'none';
}
