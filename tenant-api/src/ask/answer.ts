import { errorMessage } from '@luna-iems/service-kit';
import { createTokenCounter } from '../chunk/tokens.ts';
import { retrieve, type RetrieveDeps, type Retrieved } from '../search/retrieve.ts';
import type { SearchFilter } from '../search/vector-index.ts';
import { detectLanguage, type Language } from '../text/language.ts';
import { createAnswerFilter } from './answer-filter.ts';
import type { ChatModel } from './chat-model.ts';
import { validateCitations } from './citations.ts';
import type { Turn } from './conversation.ts';
import { rankSentences, type Candidate } from './evidence.ts';
import { extractiveAnswer } from './extractive.ts';
import type { Citation, Passage } from './passage.ts';
import { withoutForeignLinks } from './guard.ts';
import { judge, mayRead, type JudgeDeps, type Judgement } from './judge.ts';
import { compareSentences, type Nearness } from './nearness.ts';
import { orderBySentences } from './order.ts';
import { buildPrompt, type Prompt } from './prompt.ts';
import { doubtSentence, refusalSentence, supportOf, type Evidence, type Support } from './refusal.ts';
import { rewriteQuestion } from './rewrite.ts';

export interface AskRequest {
  question: string;
  /** What was asked before in the same conversation, oldest first. */
  history: readonly Turn[];
  topK: number;
  maxPerItem?: number;
  neighbours?: number;
  filter: SearchFilter;
  signal: AbortSignal;
}

export interface Answer {
  answer: string;
  mode: 'extractive' | 'generated';
  /** The documents carry no answer; `answer` says so. */
  refused: boolean;
  /** What was judged before the answer was made; quotes on doubtful evidence say that it is. */
  evidence: Evidence;
  language: Language;
  /** The question as it was searched for, where the conversation had to be carried over to it. */
  searchedFor?: string;
  citations: Citation[];
  /** Number n of a citation is passage n, counted from 1. */
  passages: Passage[];
}

/**
 * What happens while a question is answered: the passages first, then the answer's pieces, then the whole. Where a model will take its
 * time, what was found is told before it begins; the passages that the answer counts come when it has.
 */
export type AskEvent =
  | { event: 'found'; language: Language; passages: Passage[] }
  | { event: 'sources'; language: Language; mode: Answer['mode']; evidence: Evidence; passages: Passage[] }
  | { event: 'token'; text: string }
  | { event: 'done'; answer: Answer };

export interface AskDeps extends RetrieveDeps, Pick<JudgeDeps, 'reader'> {
  /** Undefined: extractive answers only. */
  chat: ChatModel | undefined;
  count: (mode: Answer['mode'] | 'refused', judgement: Judgement) => void;
}

/** Sentences that are compared with the question by their meaning; the best by words are enough, and each costs time. */
const COMPARED = 20;
const ANSWER_TOKENS = 512;
/** Sentences quoted at most. */
const QUOTES = 3;
/** In doubt what comes nearest is one sentence: a second one is hardly ever the answer (0.41 of ours for 0.39), and has to be read too. */
const QUOTES_IN_DOUBT = 1;

interface Found {
  deps: AskDeps;
  request: AskRequest;
  /** The question as it can be understood by itself. */
  question: string;
  language: Language;
  retrieved: Retrieved;
  /** The sentences that may be quoted or read, best by words first. */
  candidates: Candidate[];
  /** Asked of the model once, when it is needed. */
  nearness: () => Promise<Nearness>;
  evidence: Evidence;
}

/** The question's vector and the profile that made it, where its model understands the language. */
function understoodAs(
  deps: AskDeps,
  { vector, profile }: Retrieved,
  language: Language,
): Required<Pick<Retrieved, 'vector' | 'profile'>> | undefined {
  return vector && profile && deps.understands(profile, language) ? { vector, profile } : undefined;
}

async function extract(found: Found): Promise<Answer> {
  const { question, language, retrieved, candidates, evidence } = found;
  const made = extractiveAnswer({
    question,
    language,
    passages: retrieved.passages,
    candidates,
    nearness: await found.nearness(),
    most: evidence === 'clear' ? QUOTES : QUOTES_IN_DOUBT,
  });
  if (!made) return refuse(found);
  const answer = evidence === 'clear' ? made.answer : `${doubtSentence(language)}\n${made.answer}`;
  return { ...made, answer, mode: 'extractive', refused: false, evidence, language };
}

function refuse({ language, retrieved }: Found): Answer {
  return {
    answer: refusalSentence(language),
    mode: 'extractive',
    refused: true,
    evidence: 'none',
    language,
    citations: [],
    passages: retrieved.passages,
  };
}

function* told(answer: Answer): Generator<AskEvent> {
  const { language, mode, evidence, passages } = answer;
  yield { event: 'sources', language, mode, evidence, passages };
  yield { event: 'token', text: answer.answer };
  yield { event: 'done', answer };
}

async function promptFor({ request, question, language, retrieved }: Found, chat: ChatModel): Promise<Prompt> {
  const context = await chat.context(request.signal);
  const answerTokens = Math.min(ANSWER_TOKENS, Math.floor(context / 4));
  return buildPrompt(question, retrieved.passages, {
    language,
    count: createTokenCounter(2.6),
    context,
    answerTokens,
  });
}

/** The chat model's answer as it comes. Throws before the first event when the model is away; then nothing was told yet. */
async function* generate(found: Found, chat: ChatModel): AsyncGenerator<AskEvent> {
  const { request, language, evidence } = found;
  const { messages, passages } = await promptFor(found, chat);
  const pieces = chat.say({ messages, answerTokens: ANSWER_TOKENS, signal: request.signal });
  const sources = [request.question, ...passages.map((passage) => passage.text)];
  const filter = createAnswerFilter(passages.length, sources);
  let raw = '';
  try {
    let piece = await pieces.next();
    yield { event: 'sources', language, mode: 'generated', evidence, passages };
    for (; piece.done !== true; piece = await pieces.next()) {
      raw += piece.value;
      const text = filter.push(piece.value);
      if (text !== '') yield { event: 'token', text };
    }
  } finally {
    // Whoever leaves the answer early ends the generation with it.
    await pieces.return(undefined);
  }
  const rest = filter.end();
  if (rest !== '') yield { event: 'token', text: rest };
  const { answer, citations } = validateCitations(withoutForeignLinks(raw, sources), passages, language);
  const refused = answer.includes(refusalSentence(language));
  yield { event: 'done', answer: { answer, mode: 'generated', refused, evidence, language, citations, passages } };
}

async function* answerFound(found: Found): AsyncGenerator<AskEvent> {
  const { deps, request } = found;
  if (found.evidence === 'none') {
    yield* told(refuse(found));
    return;
  }
  if (deps.chat !== undefined) {
    let begun = false;
    try {
      for await (const event of generate(found, deps.chat)) {
        begun = true;
        yield event;
      }
      return;
    } catch (error) {
      // Once pieces were told, another answer cannot take their place.
      if (begun || request.signal.aborted) throw error;
      deps.log.warn({ reason: errorMessage(error) }, 'the chat model is away; answering with quotes');
    }
  }
  yield* told(await extract(found));
}

/** The passages in the answer's order, and what words and vectors say for it. */
function weigh(
  deps: AskDeps,
  { question, language, retrieved }: Pick<Found, 'question' | 'language' | 'retrieved'>,
): Pick<Found, 'retrieved' | 'candidates'> & { support: Support } {
  const { passages, candidates } = orderBySentences(
    retrieved.passages,
    rankSentences(question, retrieved.passages, language),
    { language, understood: understoodAs(deps, retrieved, language) !== undefined },
  );
  const { clarity, profile } = retrieved;
  const support = supportOf(candidates, passages, { question, language, clarity, rule: profile?.preset.evidence });
  return { retrieved: { ...retrieved, passages }, candidates: candidates.slice(0, COMPARED), support };
}

/** The nearness of the candidates, worked out when it is first asked for. */
function nearnessOnce(
  deps: AskDeps,
  {
    retrieved,
    language,
    candidates,
    signal,
  }: Pick<Found, 'retrieved' | 'language' | 'candidates'> & { signal: AbortSignal },
): Found['nearness'] {
  // A model that does not understand the language only adds chance to the choice, and time.
  const understood = understoodAs(deps, retrieved, language);
  let asked: Promise<Nearness> | undefined;
  return () =>
    (asked ??= understood ? compareSentences(deps, understood, candidates, signal) : Promise.resolve(new Map()));
}

/** Answers a question from the tenant's documents, as a stream of events. */
export async function* ask(deps: AskDeps, request: AskRequest): AsyncGenerator<AskEvent> {
  const { history, filter, topK, signal, maxPerItem, neighbours } = request;
  const before = history.at(-1);
  const language = detectLanguage(request.question, before && detectLanguage(before.question));
  const question = await rewriteQuestion(deps, { question: request.question, history, language, signal });
  const more = {
    ...(maxPerItem === undefined ? {} : { maxPerItem }),
    ...(neighbours === undefined ? {} : { neighbours }),
  };
  const searched = await retrieve(deps, { question, language, filter, topK, signal, ...more });
  const start = deps.clock.monotonicMs();
  const { retrieved, candidates, support } = weigh(deps, { question, language, retrieved: searched });
  const { passages } = retrieved;
  if (deps.chat !== undefined || mayRead(deps.reader, support)) yield { event: 'found', language, passages };
  const nearness = nearnessOnce(deps, { retrieved, language, candidates, signal });
  const judgement = await judge(deps, support, { question, language, passages, candidates, nearness, signal });
  const found = { deps, request, question, language, retrieved, candidates, nearness, evidence: judgement.evidence };
  for await (const event of answerFound(found)) {
    if (event.event !== 'done') {
      yield event;
      continue;
    }
    const { refused, mode } = event.answer;
    deps.count(refused ? 'refused' : mode, judgement);
    deps.observe('answer', (deps.clock.monotonicMs() - start) / 1000);
    yield question === request.question ? event : { event: 'done', answer: { ...event.answer, searchedFor: question } };
  }
}
