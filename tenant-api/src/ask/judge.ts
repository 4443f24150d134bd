import { errorMessage, type Logger } from '@luna-iems/service-kit';
import type { Language } from '../text/language.ts';
import type { Candidate } from './evidence.ts';
import type { Nearness } from './nearness.ts';
import type { Passage } from './passage.ts';
import type { Reader } from './reader.ts';
import { evidenceOf, mayChange, type Evidence, type Support } from './refusal.ts';
import { bestStretches } from './stretch.ts';

export interface JudgeDeps {
  /** Undefined: words and vectors judge alone. */
  reader: Reader | undefined;
  log: Logger;
}

/** What the passages carry, and from what that was judged. */
export interface Judgement {
  evidence: Evidence;
  support: Support;
  /** Of the reader, -3 to 3; not there where none read. */
  conviction?: number;
}

export interface ToJudge {
  question: string;
  language: Language;
  /** Best first. */
  passages: readonly Passage[];
  /** Best first. */
  candidates: readonly Candidate[];
  /** Of the candidates; asked for when somebody reads. */
  nearness: () => Promise<Nearness>;
  signal: AbortSignal;
}

/** Stretches that are read at most: what answers is seldom behind them, and each takes its time. */
const READ = 3;

/** Whether judging would take the time of a reader: one there is, and its word could change something. */
export function mayRead(reader: Reader | undefined, support: Support): reader is Reader {
  return reader !== undefined && mayChange(support);
}

/** What the passages carry, asking the reader where its word could change it. While the reader is away, without it. */
export async function judge(deps: JudgeDeps, support: Support, toJudge: ToJudge): Promise<Judgement> {
  const { reader, log } = deps;
  const { question, language, passages, candidates, nearness, signal } = toJudge;
  const alone: Judgement = { evidence: evidenceOf(support), support };
  if (!mayRead(reader, support)) return alone;
  const stretches = async (): Promise<string[]> =>
    bestStretches(passages, candidates, await nearness(), { language, most: READ });
  const enough = (heard: number): boolean => !mayChange(support, heard);
  try {
    const conviction = await reader.read({ question, passages: stretches, enough, signal });
    // One that rests, or is not trusted, reads nothing.
    if (conviction === undefined) return alone;
    return { evidence: evidenceOf(support, conviction), support, conviction };
  } catch (error) {
    signal.throwIfAborted();
    log.warn({ reason: errorMessage(error) }, 'the reader is away; judging by words and vectors');
    return alone;
  }
}
