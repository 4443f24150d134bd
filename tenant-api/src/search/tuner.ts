import { errorMessage, sleep, type Logger } from '@luna-iems/service-kit';
import { sql, type Database } from '@luna-iems/tenant-db';
import type { ActiveProfile } from '../embed/profile-manager.ts';
import type { Vocabulary } from '../text/compounds.ts';
import { languageOfTag, type Language } from '../text/language.ts';
import { competence, competenceTexts, expectedShare, understands, type ShareExpected } from './competence.ts';
import { recutChunks } from './recut.ts';
import { measureShare, type MeasuredShare, type Trial } from './dense-share.ts';
import { knownItemQuestion } from './known-items.ts';
import type { VectorIndex } from './vector-index.ts';

/** What search learns of a tenant's own documents: its German words, and how far the embedding model can be trusted with them. */
export interface SearchTuner {
  /**
   * The dense leg's share in the fusion for questions in a language: what the model's competence in it lets expect, corrected where
   * the tenant's documents speak against it; the preset's until the model has been judged.
   */
  share(profile: ActiveProfile, language: Language): number;
  /** Whether the model's likenesses mean anything in the language. */
  understands(profile: ActiveProfile, language: Language): boolean;
  /** Looks whether the documents have changed, and learns again if they have. Cheap while they have not. */
  check(signal?: AbortSignal): Promise<void>;
  status(): TunerStatus;
}

export interface TunerStatus {
  /** German words known, of which compounds are made. */
  words: number;
  /** How well the model finds answers worded differently from the question, by language, 0..1. */
  competence: Partial<Record<Language, number>>;
  /** By language; none while there are too few chunks of it. */
  shares: Partial<Record<Language, MeasuredShare>>;
}

export interface TunerDeps {
  db: Database;
  index: Pick<VectorIndex, 'search' | 'recut' | 'remove'>;
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
const TRIALS = 80;
const CANDIDATES = 50;
/** Chunks that are read for the vocabulary; the words of a language are among the first of them. */
const READ = 20_000;
const PAGE = 500;
/** Part by which the number of chunks has to change before the share is measured again. */
const CHANGED = 0.2;
/** Looks after which it is measured although chunks still come: five minutes. */
const PATIENCE = 10;
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

/** The questions of known chunks are asked in the background: people's own questions go first. */
async function trialsOf(
  deps: TunerDeps,
  profile: ActiveProfile,
  language: Language,
  signal?: AbortSignal,
): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (const { chunkId, text } of await sampleOf(deps.db, language)) {
    const question = knownItemQuestion(chunkId, text, language);
    if (question === undefined) continue;
    const vector = await profile.embedder.query(question, signal, 'background');
    const asked = { text: question, language, vector, filter: {}, limit: CANDIDATES };
    trials.push({ chunkId, legs: await deps.index.search(asked) });
  }
  return trials;
}

async function competenceOf(profile: ActiveProfile, language: Language, signal?: AbortSignal): Promise<number> {
  const { questions, answers } = competenceTexts(language);
  const asked: number[][] = [];
  for (const question of questions) asked.push(await profile.embedder.query(question, signal, 'background'));
  const said = await profile.embedder.passages(answers, signal, 'background');
  return competence(
    asked,
    said.map((vector) => vector ?? []),
  );
}

export interface Looked {
  readonly chunks: number;
  /** At the last measuring. */
  readonly measured: number;
  /** At the look before. */
  readonly before: number;
  /** Looks since the last measuring. */
  readonly looks: number;
}

/**
 * Whether the share is to be measured again. The model has much to do for it: while an archive comes in not at every look, but when all
 * is in.
 */
export function isDue({ chunks, measured, before, looks }: Looked): boolean {
  if (Math.abs(chunks - measured) <= CHANGED * measured) return false;
  return chunks === before || looks >= PATIENCE;
}

type Learned<T> = Partial<Record<Language, T>>;

/** A tuner that has learned nothing yet. */
export function createSearchTuner(deps: TunerDeps): SearchTuner {
  let learned: Extent = { chunks: 0, newest: 'epoch' };
  let before = 0;
  // What there is is measured at the first look.
  let looks = PATIENCE;
  let model: { collection: string; competence: Record<Language, number> } | undefined;
  let measured: { collection: string; chunks: number; shares: Learned<MeasuredShare> } | undefined;

  const competenceFor = (profile: ActiveProfile, language: Language): number | undefined =>
    model?.collection === profile.collection ? model.competence[language] : undefined;

  const expectedFor = (profile: ActiveProfile, language: Language): ShareExpected | undefined => {
    const known = competenceFor(profile, language);
    return known === undefined ? undefined : expectedShare(known);
  };

  const judgeModel = async (profile: ActiveProfile, signal?: AbortSignal): Promise<void> => {
    if (model?.collection === profile.collection) return;
    const [de, en] = [await competenceOf(profile, 'de', signal), await competenceOf(profile, 'en', signal)];
    model = { collection: profile.collection, competence: { de, en } };
    deps.log.info({ de, en }, 'competence of the embedding model measured');
  };

  const judgeDocuments = async (profile: ActiveProfile, chunks: number, signal?: AbortSignal): Promise<void> => {
    const last = measured?.collection === profile.collection ? measured.chunks : 0;
    const due = isDue({ chunks, measured: last, before, looks });
    before = chunks;
    looks += 1;
    if (!due) return;
    const cut = await recutChunks(deps, profile, signal);
    const shares: Learned<MeasuredShare> = {};
    for (const language of ['de', 'en'] as const) {
      const expected = expectedFor(profile, language);
      const made = expected && measureShare(await trialsOf(deps, profile, language, signal), expected);
      if (made) shares[language] = made;
    }
    measured = { collection: profile.collection, chunks, shares };
    looks = 0;
    deps.log.info({ chunks, cut, de: shares.de?.share, en: shares.en?.share }, 'search tuned to the documents');
  };

  return {
    share: (profile, language) =>
      (measured?.collection === profile.collection ? measured.shares[language]?.share : undefined) ??
      expectedFor(profile, language)?.share ??
      profile.preset.denseShare,
    understands: (profile, language) => {
      const known = competenceFor(profile, language);
      return known === undefined ? profile.preset.denseShare >= 0.5 : understands(known);
    },
    status: () => ({
      words: deps.vocabulary.size,
      competence: model?.competence ?? {},
      shares: measured?.shares ?? {},
    }),
    check: async (signal) => {
      const extent = await extentOf(deps.db);
      if (extent.newest !== learned.newest) {
        await learnSince(deps, learned.newest, signal);
        learned = extent;
      }
      const profile = deps.profile();
      await judgeModel(profile, signal);
      await judgeDocuments(profile, extent.chunks, signal);
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
