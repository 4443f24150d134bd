import type { Api } from './api.ts';
import { modeLine, renderSources, type Answer } from './answer.ts';
import { CliError, sentenceOf } from './errors.ts';
import { withSession, type Context } from './session.ts';
import { readEvents, type ServerEvent } from './sse.ts';
import { wrap } from './table.ts';

const width = 110;

function failureOf({ data }: ServerEvent): CliError {
  const problem = JSON.parse(data) as { detail?: string; title?: string };
  return new CliError('LUNA_ANSWER_FAILED', `The answer broke off: ${problem.detail ?? problem.title ?? data}`);
}

/** What was found while a model still reads; once the answer begins its tokens speak for themselves. */
function foundLine({ data }: ServerEvent): string | undefined {
  const { mode, passages } = JSON.parse(data) as { mode?: string; passages: readonly { title: string }[] };
  const [best] = passages;
  if (mode !== undefined || best === undefined) return undefined;
  const count = passages.length === 1 ? '1 passage found,' : `${passages.length} passages found, the nearest`;
  return `${count} in "${best.title}"; a model is at work …\n`;
}

/** Prints tokens as they come; answers the finished answer and the text that was printed. */
async function readStream(
  context: Context,
  body: AsyncIterable<Uint8Array>,
): Promise<{ answer: Answer; streamed: string }> {
  let streamed = '';
  for await (const event of readEvents(body)) {
    if (event.event === 'error') throw failureOf(event);
    if (event.event === 'done') return { answer: JSON.parse(event.data) as Answer, streamed };
    if (event.event === 'sources') {
      const line = foundLine(event);
      if (line !== undefined) context.print(line);
    }
    if (event.event !== 'token') continue;
    const { text } = JSON.parse(event.data) as { text: string };
    context.write(text);
    streamed += text;
  }
  throw new CliError('LUNA_ANSWER_CUT', 'The answer broke off before its end.');
}

/** The same with a sentence where the connection itself breaks. */
async function readStreamWhole(context: Context, body: AsyncIterable<Uint8Array>): ReturnType<typeof readStream> {
  try {
    return await readStream(context, body);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError('LUNA_ANSWER_CUT', `The answer broke off: ${sentenceOf(error)}.`, error);
  }
}

async function request(api: Api, question: string): Promise<Response> {
  return api.send('/rag/ask', {
    method: 'POST',
    body: JSON.stringify({ question }),
    headers: { 'content-type': 'application/json', accept: 'text/event-stream, application/json;q=0.5' },
    timeoutMs: 300_000,
  });
}

/** The whole answer, unless exactly that has been streamed: citations that do not exist are removed at the end. */
function showText(context: Context, answer: Answer, streamed: string): void {
  if (streamed !== '') context.print('\n');
  if (streamed.trim() === answer.answer.trim()) return;
  if (streamed !== '') context.print('Checked answer:');
  context.print(wrap(answer.answer, width));
  context.print('');
}

/** Asks the tenant's documents and prints the answer, then where each of its sentences stands. Answers the exit code. */
export async function ask(context: Context, question: string): Promise<number> {
  if (question.trim() === '')
    throw new CliError('LUNA_USAGE', 'A question is missing: make ask Q="Was bedeutet die OBIS-Kennzahl 1.8.0?"');
  return withSession(context, async (api) => {
    const response = await request(api, question);
    const streams =
      response.headers.get('content-type')?.startsWith('text/event-stream') === true && response.body !== null;
    const { answer, streamed } =
      streams && response.body !== null
        ? await readStreamWhole(context, response.body)
        : { answer: (await response.json()) as Answer, streamed: '' };
    showText(context, answer, streamed);
    if (!answer.refused) context.print(modeLine(answer.mode));
    context.print(renderSources(answer, width));
    return 0;
  });
}
