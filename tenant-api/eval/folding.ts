import { createHttpClient } from '@luna-iems/service-kit';
import { readLiveChunks, sql, type LiveChunk } from '@luna-iems/tenant-db';
import { createEmbedder } from '../src/embed/embedder.ts';
import { createOllama } from '../src/embed/ollama.ts';
import type { ActiveProfile } from '../src/embed/profile-manager.ts';
import { refill } from '../src/embed/refill.ts';
import { readMetadata } from '../src/ingest/metadata.ts';
import { knownItemQuestions } from '../src/search/known-items.ts';
import type { RetrieveDeps } from '../src/search/retrieve.ts';
import { createSearchTuner } from '../src/search/tuner.ts';
import { createVocabulary } from '../src/text/compounds.ts';
import type { EvalTenant } from './eval-tenant.ts';
import type { Question } from './questions.ts';
import { pairedDifference, rankFigures, type Judgements, type PairedDifference } from './rank-metrics.ts';
import { meanOfLegs, rankLegs, type RankedLegs, type SearchFigures } from './search-figures.ts';

const CANDIDATES = 10;
/** Questions of each sentence, each with another half of its words. */
const ROUNDS = 5;

/** What folding is worth, in nDCG@10 of the vectors alone: with it less without it, question by question. */
export interface FoldingFigures {
  /** Search with the texts as they are. */
  without: SearchFigures;
  questions: PairedDifference;
  /** On questions made of every sentence of the German documents; see search/known-items.ts. Those of a passage stand together. */
  sentences: PairedDifference;
  /** On the German documents' headings, each asked as it stands: as short as what people type into a search box. */
  headings: PairedDifference;
}

/** Questions with the same answer. */
interface KnownItems {
  expected: Judgements;
  asked: string[];
}

/** Questions written by people, and what search finds for them as it is. */
export interface Asked {
  questions: readonly Question[];
  ranked: RankedLegs;
}

/** Search as it would be with the model's texts left as they are, whatever the self-test says: same chunks, a collection of its own. */
async function withoutFolding({ services }: EvalTenant, ollamaUrl: string): Promise<RetrieveDeps> {
  const { app, profiles } = services;
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
  return {
    ...app,
    profile: () => plain,
    denseShare: (profile, language) => tuner.share(profile, language),
    understands: (profile, language) => tuner.understands(profile, language),
  };
}

async function germanChunks({ services }: EvalTenant): Promise<LiveChunk[]> {
  const { db } = services.app;
  const rows = await db.query<{ id: string }>(sql`select chunk_id as id from item_chunks`);
  const chunks = await readLiveChunks(
    db,
    rows.map(({ id }) => id),
  );
  return chunks.filter(({ language }) => (language ?? 'de') === 'de');
}

const itemsOfSentences = (chunks: readonly LiveChunk[]): KnownItems[] =>
  chunks.map(({ chunkId, source, chunkIdx, text }) => ({
    expected: new Map([[chunkId, 1]]),
    // Ids differ from run to run; the questions of a passage are to be the same.
    asked: Array.from({ length: ROUNDS }, (_, round) =>
      knownItemQuestions(`${source} ${chunkIdx} ${round}`, text, 'de'),
    ).flat(),
  }));

/** What stands under a heading is expected, in every chunk that has some of it. */
function itemsOfHeadings(chunks: readonly LiveChunk[]): KnownItems[] {
  const under = new Map<string, { heading: string; chunkIds: string[] }>();
  for (const { chunkId, itemId, metadata } of chunks)
    for (const { headings } of readMetadata(metadata).places) {
      const heading = headings.at(-1);
      if (heading === undefined) continue;
      const key = [itemId, ...headings].join('\n');
      under.set(key, { heading, chunkIds: [...(under.get(key)?.chunkIds ?? []), chunkId] });
    }
  return [...under.values()].map(({ heading, chunkIds }) => ({
    expected: new Map(chunkIds.map((id) => [id, 1])),
    asked: [heading],
  }));
}

/** nDCG@10 of the vectors, by item and question. */
async function vectorsOn({ profile, index }: RetrieveDeps, items: readonly KnownItems[]): Promise<number[][]> {
  const gains: number[][] = [];
  for (const { expected, asked } of items) {
    const gained: number[] = [];
    for (const text of asked) {
      const vector = await profile().embedder.query(text);
      const { dense } = await index.search({ text, language: 'de', vector, filter: {}, limit: CANDIDATES });
      const ids = dense.map((hit) => hit.id);
      gained.push(rankFigures(ids, expected).ndcg10);
    }
    gains.push(gained);
  }
  return gains;
}

/** Both on the same model server and the same chunks. Undefined where no normalisation is in force anyway. */
export async function measureFolding(
  tenant: EvalTenant,
  { questions, ranked }: Asked,
  ollamaUrl: string,
): Promise<FoldingFigures | undefined> {
  const { app } = tenant.services;
  if (app.profile().normalisation === 'none') return undefined;
  const chunks = await germanChunks(tenant);
  const [sentences, headings] = [itemsOfSentences(chunks), itemsOfHeadings(chunks)];
  const measured = async (deps: RetrieveDeps) => ({
    sentences: await vectorsOn(deps, sentences),
    headings: await vectorsOn(deps, headings),
  });
  const folded = await measured(app);
  try {
    const deps = await withoutFolding(tenant, ollamaUrl);
    const plainRanked = await rankLegs(deps, tenant, questions);
    const plain = await measured(deps);
    const alone = ({ dense }: RankedLegs): number[][] => dense.map(({ figures }) => [figures.ndcg10]);
    return {
      without: meanOfLegs(plainRanked),
      questions: pairedDifference(alone(ranked), alone(plainRanked)),
      sentences: pairedDifference(folded.sentences, plain.sentences),
      headings: pairedDifference(folded.headings, plain.headings),
    };
  } finally {
    await app.index.switchAlias(app.profile().collection);
  }
}
