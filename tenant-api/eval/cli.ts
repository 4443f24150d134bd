import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createHttpClient } from '@luna-iems/service-kit';
import { startServices } from '../../hack/services/index.ts';
import { createOllama } from '../src/embed/ollama.ts';
import { answerFigures, type AnswerFigures } from './answer-metrics.ts';
import { answerAll, ingestFolder, type Answered } from './answers.ts';
import { readBeirSet } from './beir.ts';
import { boundsInForce, boundsOfSums } from './bounds.ts';
import { measureFolding } from './folding.ts';
import { meanOfLegs, rankLegs, type SearchFigures } from './search-figures.ts';
import { startEvalTenant, type EvalTenant } from './eval-tenant.ts';
import { readQuestions, type Question } from './questions.ts';
import { quantile, type PairedDifference } from './rank-metrics.ts';
import { evaluateSet, ingestSet } from './retrieval.ts';
import { broughtModels, serveModel } from './serve-model.ts';
import { convertSquad } from './squad.ts';

const usage = `usage: node tenant-api/eval/cli.ts retrieval FOLDER   a data set in BEIR's format
       node tenant-api/eval/cli.ts answers [--all]     the questions of docs/eval on docs/samples
       node tenant-api/eval/cli.ts squad FILE FOLDER   a data set in SQuAD's format, rewritten in BEIR's
The first two embed with multilingual-e5-small, or with another model: MODEL=all-minilm.
The second may have a model read the passages, READER=qwen2.5-coder:1.5b, and ask one half of the questions, HALF=held-out or
HALF=development.
The model server has them, or they are brought along: ${broughtModels.join(', ')}.`;
/** Time for loading a reader and for its test, in seconds. */
const READER_SECONDS = 900;
const root = fileURLToPath(new URL('../..', import.meta.url));
const results = join(root, 'hack/bench/results');
const usualModel = 'multilingual-e5-small';
const model = process.env['MODEL'] ?? usualModel;
const reader = process.env['READER'] || undefined;
const half = process.env['HALF'] || undefined;
/** Results with other models than the usual one, or of a half, stand beside its results. */
const suffix = [model === usualModel ? undefined : model, reader, half]
  .filter((name) => name !== undefined)
  .map((name) => `-${name.replaceAll(/[/:]/gu, '-')}`)
  .join('');

async function writeResult(name: string, result: unknown): Promise<void> {
  await mkdir(results, { recursive: true });
  const file = join(results, `${name}.json`);
  await writeFile(file, `${JSON.stringify(result, null, 2)}\n`);
  console.log(`written: hack/bench/results/${name}.json`);
}

/** How long the model's vectors are: its server knows. */
async function dimensionsOf(ollamaUrl: string): Promise<string> {
  const http = createHttpClient({ name: 'ollama', baseUrl: ollamaUrl });
  try {
    const [vector] = await createOllama(http).embed(model, ['Strom']);
    return String(vector?.length);
  } finally {
    await http.close();
  }
}

/** On servers that the environment names, else on a set of its own for the time of the run. */
async function withTenant(work: (tenant: EvalTenant, ollamaUrl: string) => Promise<void>): Promise<void> {
  const own = process.env['QDRANT_URL'] === undefined ? await startServices() : undefined;
  try {
    const servers: NodeJS.ProcessEnv = { ...process.env, ...own?.env };
    const ollamaUrl = servers['OLLAMA_URL'] ?? '';
    for (const name of reader === undefined ? [model] : [model, reader]) await serveModel(ollamaUrl, name);
    const dimensions = await dimensionsOf(ollamaUrl);
    const env = { ...servers, EMBEDDING_MODEL: model, EMBEDDING_DIMENSIONS: dimensions, READER_MODEL: reader };
    const tenant = await startEvalTenant(env);
    try {
      await work(tenant, ollamaUrl);
    } finally {
      await tenant.close();
    }
  } finally {
    await own?.stop();
  }
}

const round = (value: number): number => Math.round(value * 10_000) / 10_000;
const rounded = (figures: object): Record<string, number> =>
  Object.fromEntries(Object.entries(figures as Record<string, number>).map(([name, value]) => [name, round(value)]));

const roundedRows = (rows: Readonly<Record<string, object>>): Record<string, Record<string, number>> =>
  Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, rounded(row)]));

async function retrieval(folder: string): Promise<void> {
  const set = await readBeirSet(resolve(folder));
  await withTenant(async (tenant) => {
    const start = performance.now();
    const bad = await ingestSet(tenant, set);
    const ingestSeconds = (performance.now() - start) / 1000;
    await tenant.services.tuner.check();
    const { figures, queries, msP50, msP95 } = await evaluateSet(tenant, set);
    const flat = Object.entries(figures).flatMap(([leg, { ndcg10, recall10, mrr10 }]) => [
      [`${leg}_ndcg10`, round(ndcg10)],
      [`${leg}_recall10`, round(recall10)],
      [`${leg}_mrr10`, round(mrr10)],
    ]);
    console.table(Object.fromEntries(Object.entries(figures).map(([leg, one]) => [leg, rounded(one)])));
    await writeResult(`eval-${set.name}${suffix}`, {
      ...{ dataset: set.name, documents: set.documents.length, queries, notDone: bad },
      ...{ embedding: tenant.services.profiles.status(), search: tenant.services.tuner.status() },
      ingestSeconds: round(ingestSeconds),
      ...{ msPerQueryP50: round(msP50), msPerQueryP95: round(msP95) },
      ...(Object.fromEntries(flat) as Record<string, number>),
    });
  });
}

function report(answered: readonly Answered[]): Record<string, Record<string, number>> {
  const groups: Record<string, (one: Answered) => boolean> = {
    development: ({ question }) => question.half === 'development',
    'held-out': ({ question }) => question.half === 'held-out',
    German: ({ question }) => question.language === 'de',
    English: ({ question }) => question.language === 'en',
    'held-out, German': ({ question }) => question.half === 'held-out' && question.language === 'de',
    'held-out, English': ({ question }) => question.half === 'held-out' && question.language === 'en',
    all: () => true,
  };
  const figures = Object.entries(groups).flatMap(([name, keep]): [string, AnswerFigures][] => {
    const kept = answered.filter(keep);
    return kept.length === 0 ? [] : [[name, answerFigures(kept)]];
  });
  return roundedRows(Object.fromEntries(figures));
}

const ofDevelopment = (answered: readonly Answered[]): Answered[] =>
  answered.filter(({ question }) => question.half === 'development');

/** What went wrong, of the development half only: whoever looks at the other half can no longer trust its figures. */
function printFaults(answered: readonly Answered[], all: boolean): void {
  for (const one of all ? answered : ofDevelopment(answered)) {
    const { question, refused, doubted, rank, quoted, answer } = one;
    const fine = one.answerable ? !refused && quoted : refused || doubted;
    if (fine) continue;
    console.log(
      `\n${question.id} ${question.question}  [rank ${rank}]\n   wanted: ${question.expect ?? 'refusal'}\n   said:   ${answer}`,
    );
  }
}

const judged = ({ question: { id, language }, answerable, judgement: { support, conviction } }: Answered): object => ({
  ...{ id, language, answerable, ...support, conviction },
});

const flat = (figures: SearchFigures): Record<string, number> =>
  Object.fromEntries(
    Object.entries(figures).flatMap(([leg, { ndcg10, foundInFirst3 }]) => [
      [`${leg}_ndcg10`, round(ndcg10)],
      [`${leg}_first3`, round(foundInFirst3)],
    ]),
  );

const difference = ({ first, second, ...rest }: PairedDifference): Record<string, number> =>
  rounded({ with: first, without: second, ...rest });

/** Search and its legs in both languages; where umlauts are folded also without that, in the same run and with the same model. */
async function search(
  tenant: EvalTenant,
  questions: readonly Question[],
  ollamaUrl: string,
): Promise<Record<string, number>> {
  const german = questions.filter((one) => one.language === 'de');
  const english = questions.filter((one) => one.language === 'en');
  const { app } = tenant.services;
  const ranked = await rankLegs(app, tenant, german);
  const rows: Record<string, Record<string, number>> = {
    german: flat(meanOfLegs(ranked)),
    english: flat(meanOfLegs(await rankLegs(app, tenant, english))),
  };
  const folding = await measureFolding(tenant, { questions: german, ranked }, ollamaUrl);
  if (folding) {
    rows['german_not_folded'] = flat(folding.without);
    for (const asked of ['questions', 'sentences', 'headings'] as const)
      rows[`folding_vectors_${asked}`] = difference(folding[asked]);
  }
  console.table(rows);
  return Object.fromEntries(
    Object.entries(rows).flatMap(([name, row]) =>
      Object.entries(row).map(([figure, value]) => [`${name}_${figure}`, value]),
    ),
  );
}

const EVERY = 20;

/** Tells whoever waits how far it is; with a reader an evaluation takes most of an hour. */
function progress(of: number): (count: number) => void {
  const start = performance.now();
  return (count) => {
    if (count % EVERY !== 0 && count !== of) return;
    const minutes = ((performance.now() - start) / 60_000 / count) * (of - count);
    console.error(`asked ${count} of ${of}, about ${Math.ceil(minutes)} min to go`);
  };
}

/** A reader that has not passed its test is not heard, and what is measured would be words and vectors. */
async function readerTested({ services }: EvalTenant): Promise<void> {
  const { reader: tested } = services;
  for (let waited = 0; tested?.status().selfTest === 'pending'; waited += 1) {
    if (waited >= READER_SECONDS) throw new Error(`the reader ${tested.status().model} could not be tested`);
    await sleep(1000);
  }
  if (tested) console.log('reader:', tested.status());
}

async function answers(all: boolean): Promise<void> {
  const written = await readQuestions(join(root, 'docs/eval/questions.jsonl'));
  const questions = written.filter((one) => half === undefined || one.half === half);
  if (questions.length === 0) throw new Error(`HALF is ${half}, and has to be held-out or development`);
  await withTenant(async (tenant, ollamaUrl) => {
    const states = await ingestFolder(tenant, join(root, 'docs/samples'));
    for (const [file, state] of states) if (state !== 'done') console.log(`${file}: ${state}`);
    await tenant.services.tuner.check();
    await readerTested(tenant);
    const answered = await answerAll(tenant, questions, progress(questions.length));
    printFaults(answered, all);
    const groups = report(answered);
    console.table(groups);
    const calibrating = ofDevelopment(answered).map((one) => ({ ...one, language: one.question.language }));
    const bounds = roundedRows(boundsInForce(calibrating));
    const similarities = roundedRows(boundsOfSums(calibrating));
    console.table(bounds);
    console.table(similarities);
    const searched = await search(tenant, questions, ollamaUrl);
    const seconds = answered.map((one) => one.seconds * 1000);
    await writeResult(`eval-answers${suffix}`, {
      embedding: tenant.services.profiles.status(),
      search: tenant.services.tuner.status(),
      reader: tenant.services.reader?.status() ?? null,
      ...{ msPerQuestionP50: round(quantile(seconds, 0.5)), msPerQuestionP95: round(quantile(seconds, 0.95)) },
      ...groups,
      ...{ bounds, similarities, judged: ofDevelopment(answered).map(judged) },
      ...searched,
    });
    if (groups['all']?.['citationCorrectness'] !== 1) process.exitCode = 1;
  });
}

const [command, ...args] = process.argv.slice(2);
const [folder, target] = args;
if (command === 'retrieval' && folder !== undefined) await retrieval(folder);
else if (command === 'squad' && folder !== undefined && target !== undefined) await convertSquad(folder, target);
else if (command === 'answers') await answers(args.includes('--all'));
else {
  console.error(usage);
  process.exitCode = 2;
}
