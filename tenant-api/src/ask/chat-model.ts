import { sameModel, type Ollama } from '../embed/ollama.ts';
import type { ChatMessage } from './prompt.ts';

export interface ChatModelOptions {
  ollama: Pick<Ollama, 'chat' | 'contextLength' | 'loaded'>;
  /** The model's name as Ollama lists it. */
  name: string;
  /** Longest context that is asked for, in tokens. */
  maxContext: number;
}

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
  /** The answer's pieces as they come. Leaving the loop, or aborting the signal, ends the generation on the server. */
  say(request: Spoken): AsyncGenerator<string>;
}

/**
 * A chat model that is always asked for one and the same context: Ollama loads a model anew, which can take longer than the answer,
 * whenever a request asks for another one than the loaded model has. The model's own length is learned once.
 */
export function createChatModel({ ollama, name, maxContext }: ChatModelOptions): ChatModel {
  let known: number | undefined;
  const context = async (signal: AbortSignal): Promise<number> => {
    known ??= Math.min(maxContext, (await ollama.contextLength(name, signal)) ?? maxContext);
    return known;
  };
  return {
    context,
    isLoaded: async (signal) => (await ollama.loaded(signal)).some((one) => sameModel(one, name)),
    say: async function* ({ messages, answerTokens, signal }) {
      yield* ollama.chat({ model: name, messages, numCtx: await context(signal), answerTokens, signal });
    },
  };
}
