import { errorMessage, type Clock, type Logger } from '@luna-iems/service-kit';
import type { Language } from '../text/language.ts';
import type { Candidate } from './evidence.ts';
import type { Passage } from './passage.ts';
import type { Reader } from './reader.ts';
import { evidenceOf, mayChange, type Evidence, type Support } from './refusal.ts';
import { bestStretch } from './stretch.ts';

export interface JudgeDeps {
  /** Undefined: words and vectors judge alone. */
  reader: Reader | undefined;
  log: Logger;
  clock: Clock;
  observe: (part: string, seconds: number) => void;
}

/** What the passages carry, and from what that was judged. */
export interface Judgement {
  evidence: Evidence;
  support: Support;
  /** Of the reader, -3 to 3; not there where none read. */
  conviction?: number;
}

export interface ToRead {
  question: string;
  language: Language;
  /** Best first. */
  passages: readonly Passage[];
  /** Best first. */
  candidates: readonly Candidate[];
  signal: AbortSignal;
}

/** Passages that are read: what answers is seldom behind them, and each takes its time. */
const READ = 2;

/** Whether judging would take the time of a reader: one there is, and its word could change something. */
export function mayRead(reader: Reader | undefined, support: Support): reader is Reader {
  return reader !== undefined && mayChange(support);
}

/** What the passages carry, asking the reader where its word could change it. While the reader is away, without it. */
export async function judge(deps: JudgeDeps, support: Support, toRead: ToRead): Promise<Judgement> {
  const { reader, log, clock, observe } = deps;
  const { question, language, passages, candidates, signal } = toRead;
  const alone: Judgement = { evidence: evidenceOf(support), support };
  if (!mayRead(reader, support)) return alone;
  const stretches = passages.slice(0, READ).map((passage) => bestStretch(passage, candidates, language));
  try {
    const start = clock.monotonicMs();
    const conviction = await reader.read(question, stretches, signal);
    // One that rests, or is not trusted, reads nothing.
    if (conviction === undefined) return alone;
    observe('reading', (clock.monotonicMs() - start) / 1000);
    return { evidence: evidenceOf(support, conviction), support, conviction };
  } catch (error) {
    signal.throwIfAborted();
    log.warn({ reason: errorMessage(error) }, 'the reader is away; judging by words and vectors');
    return alone;
  }
}
