import { LunaError, errorCode, type Clock } from '@luna-iems/service-kit';
import { sameModel, type Ollama, type TokenChances } from '../embed/ollama.ts';
import type { ChatMessage } from './prompt.ts';

export interface ChatModelOptions {
  ollama: Pick<Ollama, 'chat' | 'contextLength' | 'firstTokens' | 'loaded'>;
  /** The model's name as Ollama lists it. */
  name: string;
  /** Longest context that is asked for, in tokens. */
  maxContext: number;
  clock: Clock;
}

/** How long nobody waits for a model that did not begin to speak in its time; then one question tries it again. */
const REST_MS = 60_000;

export interface Spoken {
  messages: readonly ChatMessage[];
  /** Most tokens of the answer. */
  answerTokens: number;
  signal: AbortSignal;
}

/** The chat model of one process. */
export interface ChatModel {
  /** The context of every request, in tokens. Throws an HttpError while the server does not answer. */
  context(signal: AbortSignal): Promise<number>;
  /** Whether it can begin to speak at once. Throws an HttpError while the server does not answer. */
  isLoaded(signal: AbortSignal): Promise<boolean>;
  /**
   * The answer's pieces as they come. Leaving the loop, or aborting the signal, ends the generation on the server. Throws
   * `LUNA_CHAT_RESTS` at once when the model did not begin to speak a short while ago.
   */
  say(request: Spoken): AsyncGenerator<string>;
  /** How its answer would begin; see {@link Ollama.firstTokens}. Throws `LUNA_CHAT_RESTS` as `say` does. */
  firstTokens(request: Omit<Spoken, 'answerTokens'>): Promise<TokenChances>;
}

/**
 * A chat model that is always asked for one and the same context: Ollama loads a model anew, which can take longer than the answer,
 * whenever a request asks for another one than the loaded model has. The model's own length is learned once.
 *
 * A server that is stuck takes a request and never begins, minutes long. Whoever asks next does not wait for it as well.
 */
export function createChatModel({ ollama, name, maxContext, clock }: ChatModelOptions): ChatModel {
  let known: number | undefined;
  let restsUntil: number | undefined;
  const context = async (signal: AbortSignal): Promise<number> => {
    known ??= Math.min(maxContext, (await ollama.contextLength(name, signal)) ?? maxContext);
    return known;
  };
  const beginSoon = (): void => {
    if (restsUntil === undefined) return;
    const now = clock.monotonicMs();
    if (now < restsUntil) throw new LunaError('LUNA_CHAT_RESTS', 'the chat model did not begin to speak lately');
    restsUntil = now + REST_MS;
  };
  const rest = (error: unknown): void => {
    if (errorCode(error) === 'LUNA_HTTP_TIMEOUT') restsUntil = clock.monotonicMs() + REST_MS;
  };
  return {
    context,
    isLoaded: async (signal) => (await ollama.loaded(signal)).some((one) => sameModel(one, name)),
    say: async function* ({ messages, answerTokens, signal }) {
      beginSoon();
      let begun = false;
      try {
        const numCtx = await context(signal);
        for await (const piece of ollama.chat({ model: name, messages, numCtx, answerTokens, signal })) {
          begun = true;
          restsUntil = undefined;
          yield piece;
        }
      } catch (error) {
        if (!begun) rest(error);
        throw error;
      }
    },
    firstTokens: async ({ messages, signal }) => {
      beginSoon();
      try {
        const chances = await ollama.firstTokens({ model: name, messages, numCtx: await context(signal), signal });
        restsUntil = undefined;
        return chances;
      } catch (error) {
        rest(error);
        throw error;
      }
    },
  };
}
