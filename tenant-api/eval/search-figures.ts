import { createHttpClient } from '@luna-iems/service-kit';
import { readLiveChunks, sql } from '@luna-iems/tenant-db';
import { createEmbedder } from '../src/embed/embedder.ts';
import { createOllama } from '../src/embed/ollama.ts';
import type { ActiveProfile } from '../src/embed/profile-manager.ts';
import { refill } from '../src/embed/refill.ts';
import { retrieve, type RetrieveDeps } from '../src/search/retrieve.ts';
import { createSearchTuner, type SearchTuner } from '../src/search/tuner.ts';
import { createVocabulary } from '../src/text/compounds.ts';
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

async function figuresOf(
  deps: RetrieveDeps,
  tenant: EvalTenant,
  questions: readonly Question[],
): Promise<SearchFigures> {
  const answerable = questions.filter((one) => one.file !== undefined);
  const ranked: Record<keyof SearchFigures, Ranked[]> = { bm25: [], dense: [], hybrid: [] };
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
  const mean = (all: readonly Ranked[]): LegFigures => ({
    ndcg10: meanFigures(all.map((one) => one.figures)).ndcg10,
    foundInFirst3: all.filter((one) => one.found).length / Math.max(1, all.length),
  });
  return { bm25: mean(ranked.bm25), dense: mean(ranked.dense), hybrid: mean(ranked.hybrid) };
}

/** Search as it would be with the model's texts left as they are, whatever the self-test says: same chunks, a collection of its own. */
async function withoutFolding(
  tenant: EvalTenant,
  ollamaUrl: string,
): Promise<{ deps: RetrieveDeps; tuner: SearchTuner }> {
  const { app, profiles } = tenant.services;
  const { db, index, log } = app;
  const active = app.profile();
  const http = createHttpClient({ name: 'ollama', baseUrl: ollamaUrl });
  const asIs = { ollama: createOllama(http), model: profiles.status().model, preset: active.preset };
  const embedder = createEmbedder({ ...asIs, normalisation: 'none' });
  const plain: ActiveProfile = { ...active, collection: `${active.collection}_plain`, normalisation: 'none', embedder };
  await index.ensureCollection(plain.collection, plain.preset.dimensions);
  await refill({ db, index, log }, plain);
  await index.switchAlias(plain.collection);
  const tuner = createSearchTuner({ db, index, profile: () => plain, vocabulary: createVocabulary(), log });
  await tuner.check();
  const deps: RetrieveDeps = {
    ...app,
    profile: () => plain,
    denseShare: (profile, language) => tuner.share(profile, language),
    understands: (profile, language) => tuner.understands(profile, language),
  };
  return { deps, tuner };
}

/** Search, and each of its legs, for the answerable questions among `questions`: the places of the expected passages. */
export function measureSearch(tenant: EvalTenant, questions: readonly Question[]): Promise<SearchFigures> {
  return figuresOf(tenant.services.app, tenant, questions);
}

/** What folding is worth. */
export interface WithoutFolding {
  figures: SearchFigures;
  /** nDCG@10 of the vectors on the German questions that the service makes of its own documents' sentences; see search/known-items.ts. */
  knownItems: number | undefined;
}

/**
 * The same with the texts as they are, on the same model server and the same chunks. Undefined where no normalisation is in force
 * anyway.
 */
export async function measureWithoutFolding(
  tenant: EvalTenant,
  questions: readonly Question[],
  ollamaUrl: string,
): Promise<WithoutFolding | undefined> {
  const { app } = tenant.services;
  if (app.profile().normalisation === 'none') return undefined;
  try {
    const { deps, tuner } = await withoutFolding(tenant, ollamaUrl);
    const figures = await figuresOf(deps, tenant, questions);
    return { figures, knownItems: tuner.status().shares.de?.dense };
  } finally {
    await app.index.switchAlias(app.profile().collection);
  }
}
