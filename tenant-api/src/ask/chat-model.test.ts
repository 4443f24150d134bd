import { HttpError, createManualClock, createSilentLogger } from '@luna-iems/service-kit';
import { describe, expect, it } from 'vitest';
import { createTokenCounter } from '../chunk/tokens.ts';
import type { ChatRequest } from '../embed/ollama.ts';
import { createChatModel, type ChatModel, type ChatModelOptions } from './chat-model.ts';
import type { Passage } from './passage.ts';
import { buildPrompt } from './prompt.ts';
import { rewriteQuestion } from './rewrite.ts';

const { signal } = new AbortController();
const clock = createManualClock('2026-01-01T00:00:00Z');

/** A server that keeps what it is asked for; its model's own context is `own`, or it does not say. */
function server(
  own: number | undefined,
): ChatModelOptions['ollama'] & { requests: ChatRequest[]; shown: () => number } {
  const requests: ChatRequest[] = [];
  let shown = 0;
  return {
    requests,
    shown: () => shown,
    loaded: () => Promise.resolve(['chat:latest']),
    contextLength: () => Promise.resolve(((shown += 1), own)),
    chat: async function* (request) {
      requests.push(request);
      yield await Promise.resolve('Ja.');
    },
    firstTokens: (request) => {
      requests.push({ ...request, answerTokens: 1 });
      return Promise.resolve(new Map([['yes', 1]]));
    },
  };
}

const passages = (length: number): Passage[] =>
  Array.from({ length }, (_, n) => ({
    ...{ chunkId: `c${n}`, chunkIdx: n, itemId: 'i', title: 'Handbuch', source: 's', score: 1 },
    ...{ text: 'Wort '.repeat(200), places: [{ at: 0, headings: [] }] },
  }));

async function answer(chat: ChatModel, found: Passage[]): Promise<number> {
  const options = { language: 'de', count: createTokenCounter(3), answerTokens: 200 } as const;
  const prompt = buildPrompt('Was gilt?', found, { ...options, context: await chat.context(signal) });
  for await (const _ of chat.say({ messages: prompt.messages, answerTokens: 200, signal }));
  return prompt.passages.length;
}

describe('every request for the chat model', () => {
  it('asks for one context: with few passages, with many, and to rewrite a question', async () => {
    const ollama = server(32_768);
    const chat = createChatModel({ ollama, name: 'chat', maxContext: 8192, clock });
    await rewriteQuestion(
      { chat, log: createSilentLogger() },
      { question: 'Gilt sie auch beim Umzug?', history: [{ question: 'Was ist die Frist?' }], language: 'de', signal },
    );
    expect(await answer(chat, passages(1))).toBe(1);
    expect(await answer(chat, passages(15))).toBe(15);
    expect(ollama.requests.map((request) => request.numCtx)).toEqual([8192, 8192, 8192]);
    expect(ollama.shown()).toBe(1);
  });
  it('asks for no more than the model was made for, where the server says that', async () => {
    const context = (own?: number): Promise<number> =>
      createChatModel({ ollama: server(own), name: 'chat', maxContext: 8192, clock }).context(signal);
    expect(await context(2048)).toBe(2048);
    expect(await context()).toBe(8192);
  });
  it('can begin at once when the server has it in memory, by its whole name or its short one', async () => {
    const isLoaded = (name: string): Promise<boolean> =>
      createChatModel({ ollama: server(0), name, maxContext: 8192, clock }).isLoaded(signal);
    expect(await Promise.all(['chat', 'chat:latest', 'chat:7b', 'other'].map(isLoaded))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
  it('learns the context when the server is back', async () => {
    let away = true;
    const contextLength = (): Promise<number> => (away ? Promise.reject(new Error('away')) : Promise.resolve(4096));
    const chat = createChatModel({ ollama: { ...server(0), contextLength }, name: 'chat', maxContext: 8192, clock });
    await expect(chat.context(signal)).rejects.toThrow('away');
    away = false;
    expect(await chat.context(signal)).toBe(4096);
  });
});

describe('a chat model that does not begin to speak', () => {
  const spoken = { messages: [], answerTokens: 200, signal };
  const told = async (chat: ChatModel): Promise<string> => {
    let all = '';
    for await (const piece of chat.say(spoken)) all += piece;
    return all;
  };
  const timeout = (): HttpError => new HttpError('LUNA_HTTP_TIMEOUT', 'ollama: gave no answer', { service: 'ollama' });

  it('is waited for by one question a minute, and by all again as soon as it speaks', async () => {
    let asked = 0;
    let stuck = true;
    const ollama: ChatModelOptions['ollama'] = {
      ...server(0),
      chat: async function* () {
        asked += 1;
        if (stuck) throw timeout();
        yield await Promise.resolve('Ja.');
      },
    };
    const chat = createChatModel({ ollama, name: 'chat', maxContext: 8192, clock });
    await expect(told(chat)).rejects.toMatchObject({ code: 'LUNA_HTTP_TIMEOUT' });
    await expect(told(chat)).rejects.toMatchObject({ code: 'LUNA_CHAT_RESTS' });
    expect(asked).toBe(1);
    clock.advance(60_000);
    stuck = false;
    const trying = chat.say(spoken);
    const first = trying.next();
    await expect(told(chat)).rejects.toMatchObject({ code: 'LUNA_CHAT_RESTS' });
    expect((await first).value).toBe('Ja.');
    await trying.return(undefined);
    expect(await told(chat)).toBe('Ja.');
    expect(asked).toBe(3);
  });

  it('is waited for as before when it broke off or is away: that costs no time', async () => {
    let fail: () => Error = () => new HttpError('LUNA_HTTP_UNREACHABLE', 'ollama: away', { service: 'ollama' });
    const ollama: ChatModelOptions['ollama'] = {
      ...server(0),
      chat: async function* () {
        yield await Promise.resolve('Ja');
        throw fail();
      },
    };
    const chat = createChatModel({ ollama, name: 'chat', maxContext: 8192, clock });
    await expect(told(chat)).rejects.toMatchObject({ code: 'LUNA_HTTP_UNREACHABLE' });
    fail = timeout;
    await expect(told(chat)).rejects.toMatchObject({ code: 'LUNA_HTTP_TIMEOUT' });
    await expect(told(chat)).rejects.toMatchObject({ code: 'LUNA_HTTP_TIMEOUT' });
  });
});
