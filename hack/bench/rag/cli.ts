import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { say } from '../../lib/say.ts';
import { startServices } from '../../services/index.ts';
import { replaceBlock } from '../operator/docs.ts';
import { count } from '../settings.ts';
import { parts, type Part } from './calls.ts';
import { makeDocument } from './documents.ts';
import { fileOf } from './files.ts';
import { measure, type Plan } from './measure.ts';
import { blockOf, reportOf } from './report.ts';

/**
 * What ask and ingest cost over the calls to Tika, Ollama and Qdrant that they are made of.
 * DOCS=1000 documents, QUESTIONS=200 of them asked about, ROUNDS=3, SEED=1. With WRITE=1 the tables of docs/benchmarks.md are written.
 */

/** The search is tuned only where a language has enough to be judged by. */
const LEAST_DOCUMENTS = 60;
const results = join(import.meta.dirname, '../results');
const page = join(import.meta.dirname, '../../../docs/benchmarks.md');

function planOf(env: Readonly<Record<string, string>>): Plan {
  const documents = count('DOCS', 1000);
  if (documents < LEAST_DOCUMENTS)
    throw new Error(`LUNA_BENCH_USAGE: DOCS must be at least ${LEAST_DOCUMENTS}: fewer do not show how search behaves`);
  const made = Array.from({ length: documents }, (_, index) => makeDocument(count('SEED', 1), index));
  // From all over the documents, both languages alike.
  const asked = Math.min(documents, count('QUESTIONS', 200));
  const step = Math.max(1, 2 * Math.floor(documents / asked / 2));
  const chosen = made.filter((_, index) => index % step < 2 || step === 1).slice(0, asked);
  const urls = Object.fromEntries(parts.map((part) => [part, env[`${part.toUpperCase()}_URL`] ?? '']));
  return {
    files: made.map(fileOf),
    questions: chosen.map(({ question }) => question),
    levels: [1, 8, 32],
    rounds: count('ROUNDS', 3),
    urls: urls as Record<Part, string>,
  };
}

const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, load ${loadavg()[0]?.toFixed(1)} at the start`;
const services = await startServices();
Object.assign(process.env, services.env);
try {
  const plan = planOf(services.env);
  say(`${plan.files.length} documents, ${plan.questions.length} questions; ${machine}`);
  const report = reportOf(await measure(plan));
  await mkdir(results, { recursive: true });
  await writeFile(join(results, 'rag.json'), `${JSON.stringify(report.flat, null, 2)}\n`);
  if (process.env['WRITE'] !== undefined)
    await writeFile(page, replaceBlock(await readFile(page, 'utf8'), 'rag', blockOf(report, machine)));
  console.log(`${report.tables.ask}\n\n${report.tables.ingest}`);
} finally {
  await services.stop();
}
