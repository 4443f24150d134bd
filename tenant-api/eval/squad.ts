import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

interface SquadFile {
  data: {
    title?: string;
    paragraphs: { context: string; qas: { id: string; question: string; is_impossible?: boolean }[] }[];
  }[];
}

/** A set of questions on paragraphs (SQuAD's format: XQuAD, GermanQuAD), as the lines of a BEIR folder. */
export interface BeirLines {
  corpus: string[];
  queries: string[];
  judgements: string[];
}

/** Each paragraph becomes a document without a title, each answerable question a query whose one relevant document it is. */
export function squadToBeir(file: SquadFile): BeirLines {
  const lines: BeirLines = { corpus: [], queries: [], judgements: ['query-id\tcorpus-id\tscore'] };
  const ids = new Map<string, string>();
  for (const { context, qas } of file.data.flatMap((article) => article.paragraphs)) {
    const id = ids.get(context) ?? `p${ids.size}`;
    if (!ids.has(context)) lines.corpus.push(JSON.stringify({ _id: id, title: '', text: context }));
    ids.set(context, id);
    for (const qa of qas.filter((one) => one.is_impossible !== true)) {
      lines.queries.push(JSON.stringify({ _id: qa.id, text: qa.question }));
      lines.judgements.push(`${qa.id}\t${id}\t1`);
    }
  }
  return lines;
}

/** Reads a file in SQuAD's format and writes `corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv`. */
export async function convertSquad(path: string, folder: string): Promise<void> {
  const { corpus, queries, judgements } = squadToBeir(JSON.parse(await readFile(path, 'utf8')) as SquadFile);
  await mkdir(join(folder, 'qrels'), { recursive: true });
  await writeFile(join(folder, 'corpus.jsonl'), `${corpus.join('\n')}\n`);
  await writeFile(join(folder, 'queries.jsonl'), `${queries.join('\n')}\n`);
  await writeFile(join(folder, 'qrels', 'test.tsv'), `${judgements.join('\n')}\n`);
}
