import { readLiveChunks, sql } from '@luna-iems/tenant-db';
import { retrieve, type RetrieveDeps } from '../src/search/retrieve.ts';
import type { EvalTenant } from './eval-tenant.ts';
import { isExpected, type Question } from './questions.ts';
import { meanFigures, rankFigures, type RankFigures } from './rank-metrics.ts';

const CANDIDATES = 50;
/** Where the first places end, for whoever reads the answer's sources. */
const FIRST = 3;

interface LegFigures {
  ndcg10: number;
  /** Part of the questions with an expected passage among the first three. */
  foundInFirst3: number;
}

export type SearchFigures = Record<'bm25' | 'dense' | 'hybrid', LegFigures>;

interface Ranked {
  figures: RankFigures;
  found: boolean;
}

export type RankedLegs = Record<keyof SearchFigures, Ranked[]>;

/** The chunks that carry what a question expects. */
async function expectedChunks(tenant: EvalTenant, question: Question): Promise<Map<string, number>> {
  const { db } = tenant.services.app;
  const rows = await db.query<{ id: string }>(sql`select c.chunk_id as id from item_chunks c
    join items i on i.item_id = c.item_id and i.version = c.version where i.source = ${question.file ?? ''}`);
  const chunks = await readLiveChunks(
    db,
    rows.map(({ id }) => id),
  );
  return new Map(chunks.filter((chunk) => isExpected(question, chunk)).map((chunk) => [chunk.chunkId, 1]));
}

/** The places of the expected passages, by leg: of the answerable questions, in their order. */
export async function rankLegs(
  deps: RetrieveDeps,
  tenant: EvalTenant,
  questions: readonly Question[],
): Promise<RankedLegs> {
  const answerable = questions.filter((one) => one.file !== undefined);
  const ranked: RankedLegs = { bm25: [], dense: [], hybrid: [] };
  for (const one of answerable) {
    const { question: text, language } = one;
    const { passages, vector } = await retrieve(deps, { question: text, language, filter: {}, topK: CANDIDATES });
    const legs = await deps.index.search({ text, language, filter: {}, limit: CANDIDATES, ...(vector && { vector }) });
    const expected = await expectedChunks(tenant, one);
    const add = (leg: keyof SearchFigures, ids: readonly string[]): void => {
      const found = ids.slice(0, FIRST).some((id) => expected.has(id));
      ranked[leg].push({ figures: rankFigures(ids, expected), found });
    };
    add(
      'bm25',
      legs.lexical.map((hit) => hit.id),
    );
    add(
      'dense',
      legs.dense.map((hit) => hit.id),
    );
    add(
      'hybrid',
      passages.map((passage) => passage.chunkId),
    );
  }
  return ranked;
}

export function meanOfLegs(ranked: RankedLegs): SearchFigures {
  const mean = (all: readonly Ranked[]): LegFigures => ({
    ndcg10: meanFigures(all.map((one) => one.figures)).ndcg10,
    foundInFirst3: all.filter((one) => one.found).length / Math.max(1, all.length),
  });
  return { bm25: mean(ranked.bm25), dense: mean(ranked.dense), hybrid: mean(ranked.hybrid) };
}
