import { readLiveChunks } from '@luna-iems/tenant-db';
import { retrieve } from '../src/search/retrieve.ts';
import { fuse } from '../src/search/fuse.ts';
import { detectLanguage } from '../src/text/language.ts';
import type { BeirSet } from './beir.ts';
import type { EvalTenant } from './eval-tenant.ts';
import { meanFigures, quantile, rankFigures, type RankFigures } from './rank-metrics.ts';

/** Uploads under way at a time. */
const UPLOADS = 16;
const CANDIDATES = 50;
/** Dense shares whose figures are shown beside the one in force. */
const SHARES = [0.1, 0.2, 0.3, 0.5, 0.7] as const;

/** Documents whose ingest did not end well, by state. */
export async function ingestSet(tenant: EvalTenant, set: BeirSet): Promise<Record<string, number>> {
  const bad: Record<string, number> = {};
  const queue = set.documents.values();
  const one = async (): Promise<void> => {
    for (const { id, title, text } of queue) {
      const content = title === '' ? text : `${title}\n\n${text}`;
      const state = await tenant.upload('document.txt', content, {
        source: id,
        ...(title === '' ? {} : { title: title.slice(0, 300) }),
      });
      if (state !== 'done') bad[state] = (bad[state] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: UPLOADS }, one));
  return bad;
}

interface QueryResult {
  ms: number;
  rankings: Map<string, string[]>;
}

async function runQuery(tenant: EvalTenant, text: string): Promise<QueryResult> {
  const deps = tenant.services.app;
  const language = detectLanguage(text);
  const start = performance.now();
  const hybrid = await retrieve(deps, { question: text, language, filter: {}, topK: CANDIDATES });
  const ms = performance.now() - start;
  const legs = await deps.index.search({
    ...{ text, language, filter: {}, limit: CANDIDATES },
    ...(hybrid.vector ? { vector: hybrid.vector } : {}),
  });
  const ids = [...legs.lexical, ...legs.dense].map((hit) => hit.id);
  const sources = new Map((await readLiveChunks(deps.db, ids)).map((chunk) => [chunk.chunkId, chunk.source]));
  const documents = (hits: readonly { id: string }[]): string[] => hits.flatMap((hit) => sources.get(hit.id) ?? []);
  const rankings = new Map([
    ['bm25', documents(legs.lexical)],
    ['dense', documents(legs.dense)],
    ['hybrid', hybrid.passages.map((passage) => passage.source)],
    ...SHARES.map((share) => [`share_${share}`, documents(fuse(legs, share))] as const),
  ]);
  return { ms, rankings };
}

export interface RetrievalReport {
  queries: number;
  msP50: number;
  msP95: number;
  figures: Record<string, RankFigures>;
}

/** Asks every query of the set; the figures are by leg, of the fusion in force, and of other shares. */
export async function evaluateSet(tenant: EvalTenant, set: BeirSet): Promise<RetrievalReport> {
  const times: number[] = [];
  const byName = new Map<string, RankFigures[]>();
  for (const query of set.queries) {
    const { ms, rankings } = await runQuery(tenant, query.text);
    times.push(ms);
    const judgements = set.judgements.get(query.id) ?? new Map<string, number>();
    for (const [name, ranking] of rankings) {
      byName.set(name, [...(byName.get(name) ?? []), rankFigures(ranking, judgements)]);
    }
  }
  return {
    queries: set.queries.length,
    msP50: quantile(times, 0.5),
    msP95: quantile(times, 0.95),
    figures: Object.fromEntries([...byName].map(([name, all]) => [name, meanFigures(all)])),
  };
}
