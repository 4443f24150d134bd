import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { Type, type TSchema } from 'typebox';
import { LunaError } from '@luna-iems/service-kit';
import { ask, type Answer, type AskDeps, type AskEvent, type AskRequest } from '../../ask/answer.ts';
import type { Passage } from '../../ask/passage.ts';
import { placeAt } from '../../chunk/chunker.ts';
import { AnswerSchema, AskBody, type AskBodyValue } from '../../schemas/ask.ts';
import { guarded, problems, ref } from '../../schemas/common.ts';
import { cleanText } from '../../text/clean.ts';
import { callerGone } from '../abort.ts';
import { sseError, sseEvent } from './sse.ts';
import { createTiming } from './timing.ts';

type NumberedPassage = Omit<Passage, 'dense' | 'places'> & { n: number; headings: string[]; page?: number };

const numbered = (passages: readonly Passage[]): NumberedPassage[] =>
  passages.map(({ dense: _, places, ...passage }, index) => {
    const { headings, page } = placeAt(places, 0);
    return { n: index + 1, ...passage, headings, ...(page === undefined ? {} : { page }) };
  });
const answerBody = (answer: Answer): Omit<Answer, 'passages'> & { passages: NumberedPassage[] } => ({
  ...answer,
  passages: numbered(answer.passages),
});

function askRequest(body: AskBodyValue, signal: AbortSignal): AskRequest {
  const { question, topK = 8, maxPerItem, neighbours, filters = {}, history = [] } = body;
  return {
    ...{ question: cleanText(question).trim(), topK, filter: filters, signal },
    history: history.map((turn) => ({ ...turn, question: cleanText(turn.question).trim() })),
    ...(maxPerItem === undefined ? {} : { maxPerItem }),
    ...(neighbours === undefined ? {} : { neighbours }),
  };
}

/** What was found and what the answer counts have one name: a client shows the one until the other takes its place. */
function sseOf(event: AskEvent): string {
  if (event.event === 'done') return sseEvent('done', answerBody(event.answer));
  if (event.event === 'token') return sseEvent('token', { text: event.text });
  const { event: _, passages, ...rest } = event;
  return sseEvent('sources', { ...rest, passages: numbered(passages) });
}

async function* sse(first: AskEvent, rest: AsyncGenerator<AskEvent>, log: FastifyReply['log']): AsyncGenerator<string> {
  try {
    yield sseOf(first);
    for await (const event of rest) yield sseOf(event);
  } catch (error) {
    log.warn({ err: error }, 'an answer broke off');
    yield sseError(error);
  } finally {
    await rest.return(undefined);
  }
}

async function wholeAnswer(events: AsyncGenerator<AskEvent>): Promise<Answer> {
  for await (const event of events) if (event.event === 'done') return event.answer;
  throw new LunaError('LUNA_ASK_BROKEN', 'The answer broke off.', { status: 502 });
}

/** Waits for the first event, so that what fails at once still gets its status, then streams. */
async function stream(events: AsyncGenerator<AskEvent>, reply: FastifyReply): Promise<FastifyReply> {
  const first = await events.next();
  if (first.done === true) throw new LunaError('LUNA_ASK_BROKEN', 'The answer broke off.', { status: 502 });
  reply.header('content-type', 'text/event-stream; charset=utf-8');
  reply.header('cache-control', 'no-store');
  // Proxies that collect answers would hold the tokens back.
  reply.header('x-accel-buffering', 'no');
  return reply.send(Readable.from(sse(first.value, events, reply.log)));
}

const answers = {
  description: 'The answer, or the events of its making.',
  content: {
    'application/json': { schema: ref(AnswerSchema) },
    'text/event-stream': {
      schema: Type.String({
        description: 'Events sources (once or twice), token, done, error; each with a JSON body.',
      }),
    },
  },
} as unknown as TSchema;

/** `POST /rag/ask` */
export const askRoute: FastifyPluginAsyncTypebox<AskDeps> = async (app, deps) => {
  app.post(
    '/rag/ask',
    {
      config: { access: 'ask' },
      schema: {
        operationId: 'ask',
        tags: ['ask'],
        summary: 'Ask the documents',
        description:
          "Answers with sources, in the question's language, or says that the documents carry no answer. With `Accept: text/event-stream` the events are sources, token (several), done; error when it breaks off. Where a model reads or writes, sources comes twice: at once with what was found, and with `mode` and `evidence` when the answer begins; only the latter's numbers are those of the answer.",
        security: [{ apiKey: ['ask'] }],
        body: AskBody,
        response: { 200: answers, ...problems(400, 413, 415, 502, 504, ...guarded) },
      },
    },
    async (request, reply) => {
      const timing = createTiming(deps.observe);
      const events = ask({ ...deps, observe: timing.observe }, askRequest(request.body, callerGone(reply)));
      if (/\btext\/event-stream\b/iu.test(request.headers.accept ?? '')) return stream(events, reply);
      const answer = await wholeAnswer(events);
      return reply.header('server-timing', timing.header()).send(answerBody(answer));
    },
  );
};
