import type { Clock, Logger } from '@luna-iems/service-kit';
import { modelNamed, type Ollama } from '../embed/ollama.ts';
import type { ChatModel } from './chat-model.ts';
import { logOdds, readingMessages } from './reading-prompt.ts';
import { conviction, judgeReading, readings, type ReadingVerdict, type Scale } from './reading-self-test.ts';

/** A model that reads a passage beside the question and says whether it states the answer: words and vectors do not see that. */
export interface Reader {
  /**
   * How convinced it is that one of the passages answers the question, -3 to 3; see {@link conviction}. They are read one after the other
   * until one convinces it enough. Undefined while the model has not shown that it can be trusted, and for a minute after it did not answer
   * in time: a busy model would keep everybody waiting. A passage that tells it what to reply can at worst be quoted with too little doubt:
   * a yes or no is all that is heard of it. Throws when the server does not answer in time.
   */
  read(toRead: ToRead): Promise<number | undefined>;
  /** Tests the model if it has not been tested; cheap once it has. Throws when it could not be. */
  check(signal: AbortSignal): Promise<void>;
  status(): ReaderStatus;
}

export interface ToRead {
  question: string;
  /** Likeliest to answer first. Asked for when it is sure that somebody reads: choosing them takes time. */
  passages: () => Promise<readonly string[]>;
  /** Whether to be more convinced than so would change nothing. */
  enough: (conviction: number) => boolean;
  signal: AbortSignal;
}

export interface ReaderStatus {
  model: string;
  selfTest: 'passed' | 'failed' | 'pending';
  /** How often it preferred a passage that answers to one that does not, 0..1; not there before the test, and where it said neither yes nor no. */
  right?: number;
}

export interface ReaderDeps {
  ollama: Pick<Ollama, 'models'>;
  model: Pick<ChatModel, 'firstTokens'>;
  /** The model's name as Ollama lists it. */
  name: string;
  log: Logger;
  clock: Clock;
  /** Longest that one question waits for it, in milliseconds. */
  timeoutMs: number;
  /** How long it read for a question. */
  observe: (part: string, seconds: number) => void;
}

/** How long nobody waits for a model that did not answer in time. */
const REST_MS = 60_000;
/** For each passage of the test, the first of which waits for the model to be read from disk. */
const TEST_TIMEOUT_MS = 180_000;

/** A reader that has not been tested. Nothing is contacted before `check`. */
export function createReader(deps: ReaderDeps): Reader {
  const { ollama, model, name, log, clock, timeoutMs, observe } = deps;
  let restsUntil = -Infinity;
  let tested: (ReadingVerdict & { digest: string }) | undefined;

  const oddsOf = async (question: string, passage: string, signal: AbortSignal): Promise<number | undefined> =>
    logOdds(await model.firstTokens({ messages: readingMessages({ passage, question }), signal }));

  const digestOf = async (signal: AbortSignal): Promise<string> => {
    const found = modelNamed(await ollama.models(signal), name);
    if (found) return found.digest;
    throw new Error(`the server has no model "${name}"`);
  };

  /** One after the other: what the server has read of the prompt before serves the next. */
  const mostConvinced = async (
    { question, enough, signal }: Omit<ToRead, 'passages'>,
    passages: readonly string[],
    scale: Scale,
  ): Promise<number | undefined> => {
    let most: number | undefined;
    for (const passage of passages) {
      if (most !== undefined && enough(most)) break;
      const odds = await oddsOf(question, passage, signal);
      if (odds !== undefined) most = Math.max(most ?? -Infinity, conviction(odds, scale));
    }
    return most;
  };

  return {
    read: async (toRead) => {
      const scale = tested?.scale;
      if (!scale || clock.monotonicMs() < restsUntil) return undefined;
      const passages = await toRead.passages();
      const start = clock.monotonicMs();
      const late = AbortSignal.timeout(timeoutMs);
      const signal = AbortSignal.any([toRead.signal, late]);
      try {
        const most = await mostConvinced({ ...toRead, signal }, passages, scale);
        observe('reading', (clock.monotonicMs() - start) / 1000);
        return most;
      } catch (error) {
        if (late.aborted) restsUntil = clock.monotonicMs() + REST_MS;
        throw error;
      }
    },
    check: async (signal) => {
      const digest = await digestOf(signal);
      if (tested?.digest === digest) return;
      const odds: (number | undefined)[] = [];
      for (const { question, passage } of readings)
        odds.push(await oddsOf(question, passage, AbortSignal.any([signal, AbortSignal.timeout(TEST_TIMEOUT_MS)])));
      const verdict = judgeReading(odds);
      tested = { digest, ...verdict };
      log.info({ model: name, right: verdict.right, trusted: verdict.scale !== undefined }, 'reader tested');
    },
    status: () => ({
      model: name,
      selfTest: tested === undefined ? 'pending' : tested.scale === undefined ? 'failed' : 'passed',
      ...(tested?.right === undefined ? {} : { right: tested.right }),
    }),
  };
}
