import { errorMessage, type Clock, type Logger } from '@luna-iems/service-kit';
import { readLiveChunks, type Database, type LiveChunk } from '@luna-iems/tenant-db';
import type { Passage } from '../ask/passage.ts';
import type { ActiveProfile } from '../embed/profile-manager.ts';
import { readMetadata } from '../ingest/metadata.ts';
import type { Language } from '../text/language.ts';
import { clarity, type Clarity } from './clarity.ts';
import { fuse } from './fuse.ts';
import { placesAround, readChunksAt } from './neighbours.ts';
import type { SearchFilter, VectorIndex } from './vector-index.ts';

export interface RetrieveDeps {
  db: Database;
  index: VectorIndex;
  profile: () => ActiveProfile;
  /** The dense leg's share in the fusion for questions in a language. */
  denseShare: (profile: ActiveProfile, language: Language) => number;
  /** Whether the model's likenesses mean anything in a language. */
  understands: (profile: ActiveProfile, language: Language) => boolean;
  log: Logger;
  observe: (part: string, seconds: number) => void;
  clock: Clock;
}

export interface RetrieveRequest {
  question: string;
  language: Language;
  filter: SearchFilter;
  topK: number;
  /** Most passages of one document; undefined for no limit. */
  maxPerItem?: number;
  /** Chunks before and after each passage that come along; 0 when left out. */
  neighbours?: number;
  signal?: AbortSignal;
}

export interface Retrieved {
  passages: Passage[];
  /** How clearly they were found. */
  clarity: Clarity;
  /** The question's vector; undefined while nothing can be embedded, and the lexical leg answers alone. */
  vector?: number[];
  /** The profile that made the vector. */
  profile?: ActiveProfile;
}

/** Candidates of each leg before fusion. */
const CANDIDATES = 50;
/** A question that cannot be embedded in this time is answered by its words. */
const EMBED_TIMEOUT_MS = 15_000;

async function embedQuestion(
  deps: RetrieveDeps,
  request: RetrieveRequest,
): Promise<{ vector?: number[]; profile?: ActiveProfile }> {
  try {
    const profile = deps.profile();
    const deadline = AbortSignal.timeout(EMBED_TIMEOUT_MS);
    const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline;
    return { profile, vector: await profile.embedder.query(request.question, signal) };
  } catch (error) {
    request.signal?.throwIfAborted();
    deps.log.warn({ reason: errorMessage(error) }, 'the question could not be embedded; searching by words only');
    return {};
  }
}

function passageOf(chunk: LiveChunk, hit: { score: number; dense?: number }): Passage {
  const { chunkId, chunkIdx, itemId, title, source, text, metadata } = chunk;
  const { places } = readMetadata(metadata);
  return {
    ...{ chunkId, chunkIdx, itemId, title, source, text, places, score: hit.score },
    ...(hit.dense === undefined ? {} : { dense: hit.dense }),
  };
}

/** The first `most` of each document, in the same order. */
function capped(passages: readonly Passage[], most: number): Passage[] {
  const taken = new Map<string, number>();
  return passages.filter(({ itemId }) => {
    const count = (taken.get(itemId) ?? 0) + 1;
    taken.set(itemId, count);
    return count <= most;
  });
}

/** What a neighbour's score is of its passage's: it came along and was not found. */
const NEIGHBOUR = 0.5;

/** The passages, each followed by what stands around it in its document. */
async function withNeighbours(deps: RetrieveDeps, passages: Passage[], reach: number): Promise<Passage[]> {
  if (reach === 0) return passages;
  const chunks = await readChunksAt(deps.db, placesAround(passages, reach));
  const left = new Set(chunks.toSorted((a, b) => a.chunkIdx - b.chunkIdx));
  return passages.flatMap((passage) => {
    const near = [...left].filter(
      (chunk) => chunk.itemId === passage.itemId && Math.abs(chunk.chunkIdx - passage.chunkIdx) <= reach,
    );
    for (const chunk of near) left.delete(chunk);
    const came = near.map((chunk) => passageOf(chunk, { score: passage.score * NEIGHBOUR }));
    return [passage, ...came.map((one) => ({ ...one, cameWith: passage.chunkId }))];
  });
}

/**
 * The passages for a question, best first: candidates of both legs, fused, with their text and place from PostgreSQL. Only
 * chunks of live versions come back, whatever else the index still holds.
 */
export async function retrieve(deps: RetrieveDeps, request: RetrieveRequest, again = 2): Promise<Retrieved> {
  const clocked = async <T>(part: string, work: () => Promise<T>): Promise<T> => {
    const start = deps.clock.monotonicMs();
    const result = await work();
    deps.observe(part, (deps.clock.monotonicMs() - start) / 1000);
    return result;
  };
  const embedded = await clocked('embed', () => embedQuestion(deps, request));
  const legs = await clocked('search', () =>
    deps.index.search({
      text: request.question,
      language: request.language,
      filter: request.filter,
      limit: CANDIDATES,
      ...(embedded.vector ? { vector: embedded.vector } : {}),
    }),
  );
  const share = embedded.profile ? deps.denseShare(embedded.profile, request.language) : 0;
  const fused = fuse(legs, share);
  // The text of what will not be shown is not fetched, unless places of dead hits have to be filled, or those over the cap.
  const wanted = again > 0 && request.maxPerItem === undefined ? fused.slice(0, request.topK) : fused;
  const chunks = await clocked('context', () =>
    readLiveChunks(
      deps.db,
      wanted.map((hit) => hit.id),
    ),
  );
  // A version that was replaced between the two looks leaves hits of which nothing is left; its successor is there for another look.
  if (chunks.length < wanted.length && again > 0) return retrieve(deps, request, again - 1);
  const byId = new Map(chunks.map((chunk) => [chunk.chunkId, chunk]));
  const found = wanted.flatMap((hit): Passage[] => {
    const chunk = byId.get(hit.id);
    return chunk ? [passageOf(chunk, hit)] : [];
  });
  const passages = capped(found, request.maxPerItem ?? Infinity).slice(0, request.topK);
  return {
    ...embedded,
    clarity: clarity(legs),
    passages: await withNeighbours(deps, passages, request.neighbours ?? 0),
  };
}
