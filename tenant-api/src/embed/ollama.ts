import type { Readable } from 'node:stream';
import { HttpError, LunaError, type HttpClient } from '@luna-iems/service-kit';
import type { ChatMessage } from '../ask/prompt.ts';
import type { Lane } from './model-gate.ts';

/** A model as the server lists it. */
export interface ModelInfo {
  name: string;
  digest: string;
}

/** What a chat model is told, whatever is wanted of its answer. */
export interface Prompted {
  model: string;
  messages: readonly ChatMessage[];
  /** Context to reserve, in tokens. */
  numCtx: number;
  signal?: AbortSignal | undefined;
}

export interface ChatRequest extends Prompted {
  /** Most tokens of the answer. */
  answerTokens: number;
}

/** The likeliest tokens for one place of an answer, with their probabilities, 0..1. */
export type TokenChances = ReadonlyMap<string, number>;

/** The part of Ollama's API that Luna uses. */
export interface Ollama {
  version(signal?: AbortSignal): Promise<string>;
  models(signal?: AbortSignal): Promise<ModelInfo[]>;
  /** The names of the models that are in memory, or on their way into it. */
  loaded(signal?: AbortSignal): Promise<string[]>;
  /** The longest context the model was made for, in tokens; undefined where the server does not say. */
  contextLength(model: string, signal?: AbortSignal): Promise<number | undefined>;
  /** One vector per input, in order. Throws `LUNA_EMBED_REFUSED` when the server refuses one of the inputs (too long, for instance). */
  embed(model: string, inputs: readonly string[], signal?: AbortSignal, lane?: Lane): Promise<number[][]>;
  /** The answer's pieces as they come. Leaving the loop, or aborting the signal, ends the generation on the server. */
  chat(request: ChatRequest): AsyncGenerator<string>;
  /** How the answer would begin: up to 20 tokens. None where the server is too old to tell (before 0.12.11). */
  firstTokens(request: Prompted): Promise<TokenChances>;
}

const EMBED_TIMEOUT_MS = 120_000;
/** It reads the model's file, which a busy disk makes slow. */
const SHOW_TIMEOUT_MS = 30_000;
/** A cold model has to be read from disk, and a long prompt to be gone through, before the first piece comes. */
const CHAT_TIMEOUT_MS = 180_000;

/** `all-minilm` and `all-minilm:latest` are the same model. */
export function sameModel(a: string, b: string): boolean {
  const full = (name: string): string => (name.includes(':') ? name : `${name}:latest`);
  return full(a) === full(b);
}

/** The model of that name among those that a server lists. */
export function modelNamed(models: readonly ModelInfo[], name: string): ModelInfo | undefined {
  return models.find((one) => sameModel(one.name, name));
}

function refused(error: unknown): boolean {
  if (!(error instanceof HttpError)) return false;
  const tooLong = /context length|too long|exceed/iu.test(error.responseText ?? '');
  return (error.upstreamStatus === 400 && !/model/iu.test(error.responseText ?? '')) || tooLong;
}

async function embed(
  http: HttpClient,
  model: string,
  inputs: readonly string[],
  signal?: AbortSignal,
): Promise<number[][]> {
  try {
    const answer = await http.json<{ embeddings?: number[][] }>({
      method: 'POST',
      path: '/api/embed',
      json: { model, input: inputs, truncate: false, keep_alive: -1 },
      timeoutMs: EMBED_TIMEOUT_MS,
      idempotent: true,
      retries: 2,
      signal,
    });
    if (answer?.embeddings?.length === inputs.length) return answer.embeddings;
  } catch (error) {
    if (!refused(error)) throw error;
    throw new LunaError('LUNA_EMBED_REFUSED', `the embedding server refused ${inputs.length} input(s)`, {
      cause: error,
      status: 422,
    });
  }
  throw new LunaError('LUNA_EMBED_ANSWER', 'the embedding server did not return one vector per input', { status: 502 });
}

interface ChatPiece {
  message?: { content?: string };
  error?: string;
  done?: boolean;
}

function brokenOff(error: unknown): LunaError {
  if (error instanceof LunaError) return error;
  const sentence = 'the chat model broke off in the middle of its answer';
  return new LunaError('LUNA_CHAT_BROKEN', sentence, { status: 502, cause: error });
}

async function* chat(http: HttpClient, request: ChatRequest): AsyncGenerator<string> {
  const { model, messages, numCtx, answerTokens, signal } = request;
  const { body } = await http.stream({
    method: 'POST',
    path: '/api/chat',
    json: {
      model,
      messages,
      stream: true,
      keep_alive: -1,
      options: { num_ctx: numCtx, num_predict: answerTokens, temperature: 0.1 },
    },
    timeoutMs: CHAT_TIMEOUT_MS,
    retries: 1,
    signal,
  });
  const onAbort = (): void => void body.destroy();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    for await (const line of linesOf(body)) {
      const piece = JSON.parse(line) as ChatPiece;
      if (piece.error !== undefined)
        throw new LunaError('LUNA_CHAT_FAILED', `the chat model failed: ${piece.error}`, { status: 502 });
      if (piece.message?.content) yield piece.message.content;
      if (piece.done === true) return;
    }
    throw new LunaError('LUNA_CHAT_BROKEN', 'the chat model ended without finishing its answer', { status: 502 });
  } catch (error) {
    signal?.throwIfAborted();
    throw brokenOff(error);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    body.destroy();
  }
}

const LIKELIEST = 20;

interface FirstToken {
  logprobs?: { top_logprobs?: { token: string; logprob: number }[] }[];
}

async function firstTokens(http: HttpClient, { model, messages, numCtx, signal }: Prompted): Promise<TokenChances> {
  const answer = await http.json<FirstToken>({
    method: 'POST',
    path: '/api/chat',
    json: {
      ...{ model, messages, stream: false, keep_alive: -1, logprobs: true, top_logprobs: LIKELIEST },
      options: { num_ctx: numCtx, num_predict: 1, temperature: 0 },
    },
    timeoutMs: CHAT_TIMEOUT_MS,
    idempotent: true,
    retries: 1,
    signal,
  });
  const likeliest = answer.logprobs?.[0]?.top_logprobs ?? [];
  return new Map(likeliest.map(({ token, logprob }) => [token, Math.exp(logprob)]));
}

/**
 * The lines of a stream that hold something. Not `readline`: its reader emits the error of a
 * stream that is destroyed after the loop has ended, when nobody listens any more, and that ends the process.
 */
async function* linesOf(body: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  body.on('error', () => undefined);
  for await (const bytes of body as AsyncIterable<Buffer>) {
    const parts = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts.filter((line) => line.trim() !== '');
  }
  if (rest.trim() !== '') yield rest;
}

/** Ollama over HTTP. `http` carries the base address. */
export function createOllama(http: HttpClient): Ollama {
  return {
    version: async (signal) =>
      (await http.json<{ version: string }>({ path: '/api/version', signal, timeoutMs: 5_000, retries: 0 })).version,
    models: async (signal) => {
      const answer = await http.json<{ models?: ModelInfo[] }>({
        path: '/api/tags',
        signal,
        timeoutMs: 5_000,
        retries: 0,
      });
      return (answer.models ?? []).map(({ name, digest }) => ({ name, digest }));
    },
    loaded: async (signal) => {
      const path = '/api/ps';
      const answer = await http.json<{ models?: ModelInfo[] }>({ path, signal, timeoutMs: 5_000, retries: 0 });
      return (answer.models ?? []).map(({ name }) => name);
    },
    contextLength: async (model, signal) => {
      const answer = await http.json<{ model_info?: Record<string, unknown> }>({
        method: 'POST',
        path: '/api/show',
        json: { model },
        signal,
        idempotent: true,
        timeoutMs: SHOW_TIMEOUT_MS,
      });
      const entry = Object.entries(answer.model_info ?? {}).find(([key]) => key.endsWith('.context_length'));
      return typeof entry?.[1] === 'number' ? entry[1] : undefined;
    },
    embed: (model, inputs, signal) => embed(http, model, inputs, signal),
    chat: (request) => chat(http, request),
    firstTokens: (request) => firstTokens(http, request),
  };
}
