import { errorMessage, sleep, type Logger } from '@luna-iems/service-kit';
import { sql, type Database } from '@luna-iems/tenant-db';
import type { ActiveProfile } from '../embed/profile-manager.ts';
import type { Vocabulary } from '../text/compounds.ts';
import { languageOfTag, type Language } from '../text/language.ts';
import { measureShare, type MeasuredShare, type Trial } from './dense-share.ts';
import { knownItemQuestion } from './known-items.ts';
import type { VectorIndex } from './vector-index.ts';

/** What search learns of a tenant's own documents: its German words, and how far the embedding model can be trusted with them. */
export interface SearchTuner {
  /** The dense leg's share in the fusion for questions in a language: measured where that was possible, else the model's preset. */
  share(profile: ActiveProfile, language: Language): number;
  /** Looks whether the documents have changed, and learns again if they have. Cheap while they have not. */
  check(signal?: AbortSignal): Promise<void>;
  status(): TunerStatus;
}

export interface TunerStatus {
  /** German words known, of which compounds are made. */
  words: number;
  /** By language; none while there are too few chunks of it. */
  shares: Partial<Record<Language, MeasuredShare>>;
}

export interface TunerDeps {
  db: Database;
  index: Pick<VectorIndex, 'search'>;
  profile: () => ActiveProfile;
  vocabulary: Vocabulary;
  log: Logger;
}

interface ChunkRow {
  chunkId: string;
  text: string;
  language: string | null;
}

interface Extent {
  chunks: number;
  newest: string;
}

/** Questions for one language; more of them move the share by less than its step. */
const TRIALS = 120;
const CANDIDATES = 50;
/** Chunks that are read for the vocabulary; the words of a language are among the first of them. */
const READ = 20_000;
const PAGE = 500;
/** Part by which the number of chunks has to change before the share is measured again. */
const CHANGED = 0.2;
const EVERY_MS = 30_000;

const liveChunks = sql`from item_chunks c join items i on i.item_id = c.item_id and i.version = c.version`;

async function extentOf(db: Database): Promise<Extent> {
  const [row] = await db.query<Extent>(
    sql`select count(*)::int as chunks, coalesce(max(c.created_at), 'epoch')::text as newest ${liveChunks}`,
  );
  return row ?? { chunks: 0, newest: '' };
}

/** Reads words that came since; all of them the first time. Other replicas' uploads are met here. */
async function learnSince(deps: TunerDeps, newest: string, signal?: AbortSignal): Promise<void> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (let read = 0; read < READ; read += PAGE) {
    signal?.throwIfAborted();
    const rows = await deps.db.query<ChunkRow>(sql`select c.chunk_id as "chunkId", c.text, i.language ${liveChunks}
      where c.chunk_id > ${after}::uuid and c.created_at > ${newest}::timestamptz order by c.chunk_id limit ${PAGE}`);
    for (const row of rows) if (languageOfTag(row.language ?? undefined) !== 'en') deps.vocabulary.learn(row.text);
    if (rows.length < PAGE) return;
    after = rows.at(-1)?.chunkId ?? after;
  }
}

/** The same chunks every time and in every replica: their ids are hashes already. */
function sampleOf(db: Database, language: Language): Promise<ChunkRow[]> {
  return db.query<ChunkRow>(sql`select c.chunk_id as "chunkId", c.text, i.language ${liveChunks}
    where coalesce(i.language, 'de') = ${language} order by c.chunk_id desc limit ${TRIALS}`);
}

async function measure(
  deps: TunerDeps,
  profile: ActiveProfile,
  language: Language,
  signal?: AbortSignal,
): Promise<MeasuredShare | undefined> {
  const trials: Trial[] = [];
  for (const { chunkId, text } of await sampleOf(deps.db, language)) {
    const question = knownItemQuestion(chunkId, text, language);
    if (question === undefined) continue;
    const vector = await profile.embedder.query(question, signal, 'background');
    trials.push({
      chunkId,
      legs: await deps.index.search({ text: question, language, vector, filter: {}, limit: CANDIDATES }),
    });
  }
  return measureShare(trials);
}

/** A tuner that has learned nothing yet. */
export function createSearchTuner(deps: TunerDeps): SearchTuner {
  let learned: Extent = { chunks: 0, newest: 'epoch' };
  let measured: { chunks: number; collection: string } | undefined;
  let shares: TunerStatus['shares'] = {};

  const remeasure = async (profile: ActiveProfile, chunks: number, signal?: AbortSignal): Promise<void> => {
    const [de, en] = [await measure(deps, profile, 'de', signal), await measure(deps, profile, 'en', signal)];
    shares = { ...(de ? { de } : {}), ...(en ? { en } : {}) };
    measured = { chunks, collection: profile.collection };
    deps.log.info({ chunks, de: de?.share, en: en?.share }, 'dense share measured');
  };

  return {
    share: (profile, language) =>
      (measured?.collection === profile.collection ? shares[language]?.share : undefined) ?? profile.preset.denseShare,
    status: () => ({ words: deps.vocabulary.size, shares }),
    check: async (signal) => {
      const extent = await extentOf(deps.db);
      if (extent.newest !== learned.newest) {
        await learnSince(deps, learned.newest, signal);
        learned = extent;
      }
      const profile = deps.profile();
      const before = measured?.collection === profile.collection ? measured.chunks : 0;
      const change = Math.abs(extent.chunks - before);
      if (change > CHANGED * before) await remeasure(profile, extent.chunks, signal);
    },
  };
}

/** Keeps a tuner up with the documents until `signal` is aborted. What cannot be measured now is tried again later. */
export async function keepTuned(tuner: SearchTuner, log: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await tuner.check(signal).catch((error: unknown) => {
      if (!signal.aborted) log.debug({ reason: errorMessage(error) }, 'search could not be tuned now');
    });
    await sleep(EVERY_MS, signal).catch(() => undefined);
  }
}
