import type { Language } from '../text/language.ts';
import { distinctTerms } from '../text/terms.ts';
import { questionTerms, type Candidate } from './evidence.ts';
import type { Nearness } from './nearness.ts';
import { cite, type Citation, type Passage } from './passage.ts';

/** An answer made of the documents' own sentences. */
export interface ExtractiveAnswer {
  answer: string;
  citations: Citation[];
  /** The passages, those that are cited first and in the order of their numbers. */
  passages: Passage[];
}

export interface ExtractiveInput {
  question: string;
  language: Language;
  passages: readonly Passage[];
  /** From rankSentences. */
  candidates: readonly Candidate[];
  /** Sentences to quote at most. */
  most: number;
  /** Of the candidates, where a model that understands the language was there to compare them. */
  nearness: Nearness;
}

const OWN = 0.5;
const COVERAGE = 0.5;
const NEARNESS = 0.5;
const PASSAGE = 0.3;
/** Of two sentences and one that carry the same, the one is quoted. */
const SECOND = 0.05;
const BEGINS = 0.12;
const MEANS = 0.08;
/** A further sentence is quoted only when it carries nearly as much as the first. */
const FURTHER = 0.8;

const asksMeaning: Record<Language, RegExp> = {
  de: /^\s*(?:was|wofür)\s+(?:\S+\s+)?(?:ist|sind|bedeute[nt]|heißt|heissen|heißen|steht|bezeichnet|versteht)\b/iu,
  en: /^\s*what\s+(?:is|are|does|do|means?)\b/iu,
};
const givesMeaning: Record<Language, RegExp> = {
  de: /\b(?:ist|sind|bedeute[nt]|heißt|bezeichne[nt]|steht für|stehen für|gibt\b.*\ban|versteht man|beschreib(?:t|en))\b/iu,
  en: /\b(?:is|are|means?|stands for|denotes?|refers to|describes?)\b/iu,
};
const article: Record<Language, RegExp> = { de: /^(?:der|die|das|ein|eine)\s+/iu, en: /^(?:the|an?)\s+/iu };

/** A definition begins with what it defines ("Ein Lastgang ist …") and says it with a verb of meaning. */
function definitionBonus(text: string, { question, language }: ExtractiveInput): number {
  if (!asksMeaning[language].test(question)) return 0;
  const wanted = new Set(questionTerms(question, language).map((term) => term.key));
  const opening = text.replace(article[language], '').split(/\s+/u).slice(0, 2).join(' ');
  const begins = distinctTerms(opening, language).some((term) => wanted.has(term.key));
  return (begins ? BEGINS : 0) + (givesMeaning[language].test(text) ? MEANS : 0);
}

interface Scored {
  candidate: Candidate;
  score: number;
}

function scoreOf(candidate: Candidate, input: ExtractiveInput): number {
  const defines = definitionBonus(candidate.text, input);
  const lengthy = candidate.text.length > 600 ? 0.15 : 0;
  return (
    OWN * candidate.own +
    COVERAGE * candidate.coverage +
    NEARNESS * (input.nearness.get(candidate.text) ?? 0) +
    PASSAGE * candidate.passage.score +
    defines -
    (candidate.sentences > 1 ? SECOND : 0) -
    lengthy
  );
}

const marks: Record<Language, readonly [string, string]> = { de: ['„', '“'], en: ['“', '”'] };

/** One sentence of a passage is enough: its number then stands for one quote and no other. */
function choose(scored: readonly Scored[], most: number): Scored[] {
  const [first] = scored;
  if (first === undefined) return [];
  const chosen = [first];
  for (const next of scored.slice(1)) {
    if (chosen.length >= most || next.score < first.score * FURTHER) break;
    if (next.candidate.own < first.candidate.own * FURTHER) continue;
    if (chosen.every((one) => one.candidate.passage !== next.candidate.passage)) chosen.push(next);
  }
  return chosen;
}

/**
 * Answers with the sentences that carry the evidence, each quoted with its `[n]`. The first sentence is the best by term
 * coverage (identifiers weigh most), similarity and its passage's rank; others join only when nearly as good.
 * Undefined when there is no sentence at all.
 */
export function extractiveAnswer(input: ExtractiveInput): ExtractiveAnswer | undefined {
  const scored = input.candidates
    .map((candidate) => ({ candidate, score: scoreOf(candidate, input) }))
    .sort((a, b) => b.score - a.score);
  const chosen = choose(scored, input.most);
  if (chosen.length === 0) return undefined;
  const cited = [...new Set(chosen.map((one) => one.candidate.passage))];
  const [open, close] = marks[input.language];
  const lines = chosen.map(
    ({ candidate }) => `${open}${candidate.text}${close} [${cited.indexOf(candidate.passage) + 1}]`,
  );
  return {
    answer: lines.join('\n'),
    citations: chosen.map(({ candidate }) =>
      cite(candidate.passage, cited.indexOf(candidate.passage) + 1, candidate.text),
    ),
    passages: [...cited, ...input.passages.filter((passage) => !cited.includes(passage))],
  };
}
