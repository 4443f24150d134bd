import { errorMessage, type Logger } from '@luna-iems/service-kit';
import type { Language } from '../text/language.ts';
import { distinctTerms } from '../text/terms.ts';
import type { ChatModel } from './chat-model.ts';
import { isFollowUp, standalone, type Turn } from './conversation.ts';

export interface RewriteDeps {
  chat: Pick<ChatModel, 'isLoaded' | 'say'> | undefined;
  log: Logger;
}

export interface RewriteRequest {
  question: string;
  history: readonly Turn[];
  language: Language;
  signal: AbortSignal;
}

const system: Record<Language, string> = {
  de: 'Formuliere die letzte Frage so um, dass sie ohne das Gespräch davor verständlich ist. Antworte nur mit der Frage.',
  en: 'Rewrite the last question so that it can be understood without the conversation before it. Reply with the question only.',
};
const QUESTION_TOKENS = 96;
const TIMEOUT_MS = 15_000;
const LONGEST = 500;
const TURNS = 4;
const ANSWER_SHOWN = 400;

/** A model may say anything: what it made must be one line, short, and about what was said. */
function usable(made: string, { question, history, language }: RewriteRequest): boolean {
  if (made === '' || made.length > LONGEST || made.includes('\n')) return false;
  const said = new Set(
    distinctTerms([question, ...history.map((turn) => turn.question)].join(' '), language).map((term) => term.key),
  );
  const terms = distinctTerms(made, language);
  return terms.length > 0 && terms.filter((term) => said.has(term.key)).length >= terms.length / 2;
}

function conversationOf({ question, history }: RewriteRequest): string {
  const turns = history
    .slice(-TURNS)
    .flatMap((turn) => [
      `- ${turn.question}`,
      ...(turn.answer === undefined ? [] : [`  ${turn.answer.slice(0, ANSWER_SHOWN)}`]),
    ]);
  return [...turns, `- ${question}`].join('\n');
}

/**
 * The question as it is searched for. A question that points back is rewritten by the chat model; without one, while it is away or not
 * in memory, or when it makes something else of it, the conversation's subjects are carried over.
 */
export async function rewriteQuestion(deps: RewriteDeps, request: RewriteRequest): Promise<string> {
  const { question, history, language, signal } = request;
  if (history.length === 0 || !isFollowUp(question, language)) return question;
  const byRule = standalone(question, history, language);
  if (deps.chat === undefined) return byRule;
  let made = '';
  try {
    // Reading it from disk may take minutes, and a request that is given up meanwhile ends that too: the answer has the time for it.
    if (!(await deps.chat.isLoaded(signal))) return byRule;
    for await (const piece of deps.chat.say({
      messages: [
        { role: 'system', content: system[language] },
        { role: 'user', content: conversationOf(request) },
      ],
      answerTokens: QUESTION_TOKENS,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    }))
      made += piece;
  } catch (error) {
    signal.throwIfAborted();
    deps.log.warn(
      { reason: errorMessage(error) },
      'the question could not be rewritten; its subjects are carried over',
    );
  }
  return usable(made.trim(), request) ? made.trim() : byRule;
}
