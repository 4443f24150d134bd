import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';

export interface BeirDocument {
  id: string;
  title: string;
  text: string;
}

/** A data set in BEIR's format. Only queries with a judgement are kept. */
export interface BeirSet {
  name: string;
  documents: BeirDocument[];
  queries: { id: string; text: string }[];
  judgements: Map<string, Map<string, number>>;
}

async function jsonLines(path: string): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    if (line.trim() !== '') rows.push(JSON.parse(line) as Record<string, unknown>);
  }
  return rows;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Relevance by query and document, from lines `query-id<TAB>corpus-id<TAB>score`; a head line is passed over. */
export function parseJudgements(text: string): Map<string, Map<string, number>> {
  const judgements = new Map<string, Map<string, number>>();
  for (const line of text.split(/\r?\n/u)) {
    const [query = '', document = '', score = ''] = line.split('\t');
    const value = Number(score);
    if (document === '' || score.trim() === '' || !Number.isFinite(value)) continue;
    const ofQuery = judgements.get(query) ?? new Map<string, number>();
    judgements.set(query, ofQuery.set(document, value));
  }
  return judgements;
}

/** Reads `corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv` of a folder. */
export async function readBeirSet(folder: string): Promise<BeirSet> {
  const judgements = parseJudgements(await readFile(join(folder, 'qrels', 'test.tsv'), 'utf8'));
  const documents = (await jsonLines(join(folder, 'corpus.jsonl'))).map((row) => ({
    id: String(row['_id']),
    title: textOf(row['title']),
    text: textOf(row['text']),
  }));
  const queries = (await jsonLines(join(folder, 'queries.jsonl')))
    .map((row) => ({ id: String(row['_id']), text: textOf(row['text']) }))
    .filter((query) => judgements.has(query.id));
  return { name: basename(folder), documents, queries, judgements };
}
