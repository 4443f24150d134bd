import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readLiveChunks } from '@luna-iems/tenant-db';
import type { Outcome } from './answer-metrics.ts';
import type { EvalTenant } from './eval-tenant.ts';
import type { Judgement } from '../src/ask/judge.ts';
import { isExpected, type Question } from './questions.ts';

interface Reply {
  answer: string;
  refused: boolean;
  evidence: 'clear' | 'doubtful' | 'none';
  citations: { chunkId: string; source: string; quote: string }[];
  passages: { chunkId: string; source: string; text: string; score: number }[];
}

export interface Answered extends Outcome {
  question: Question;
  answer: string;
  judgement: Judgement;
  seconds: number;
}

/** Ingests every document of a folder; resolves to the end states by file. */
export async function ingestFolder(tenant: EvalTenant, folder: string): Promise<Map<string, string>> {
  const states = new Map<string, string>();
  for (const file of (await readdir(folder)).sort()) {
    states.set(file, await tenant.upload(file, await readFile(join(folder, file))));
  }
  return states;
}

async function exactCitations(tenant: EvalTenant, reply: Reply): Promise<number> {
  const ids = reply.citations.map((citation) => citation.chunkId);
  const chunks = new Map((await readLiveChunks(tenant.services.app.db, ids)).map((chunk) => [chunk.chunkId, chunk]));
  return reply.citations.filter(({ chunkId, quote }) => quote !== '' && chunks.get(chunkId)?.text.includes(quote))
    .length;
}

/** The answer's own order is not the search's: an answer moves the passages it cites to the front. */
const byScore = (reply: Reply): Reply['passages'] => reply.passages.toSorted((a, b) => b.score - a.score);

async function answerOne(tenant: EvalTenant, question: Question): Promise<Answered> {
  const start = performance.now();
  const { reply, judgement } = await tenant.ask<Reply>(question.question);
  const seconds = (performance.now() - start) / 1000;
  return {
    question,
    answerable: question.file !== undefined,
    refused: reply.refused,
    doubted: !reply.refused && reply.evidence === 'doubtful',
    rank: byScore(reply).findIndex((passage) => isExpected(question, passage)) + 1,
    quoted: reply.citations.some(({ source, quote }) => isExpected(question, { source, text: quote })),
    citations: reply.citations.length,
    exact: await exactCitations(tenant, reply),
    answer: reply.answer,
    judgement,
    seconds,
  };
}

/** Asks all questions, one after the other, and says after each how many were asked. */
export async function answerAll(
  tenant: EvalTenant,
  questions: readonly Question[],
  asked: (count: number) => void,
): Promise<Answered[]> {
  const answered: Answered[] = [];
  for (const question of questions) asked(answered.push(await answerOne(tenant, question)));
  return answered;
}
