import { errorMessage, type Clock, type Logger } from '@luna-iems/service-kit';
import { readLiveChunks, type Database } from '@luna-iems/tenant-db';
import type { Passage } from '../ask/passage.ts';
import type { ActiveProfile } from '../embed/profile-manager.ts';
import { readMetadata } from '../ingest/metadata.ts';
import type { Language } from '../text/language.ts';
import { fuse } from './fuse.ts';
import type { SearchFilter, VectorIndex } from './vector-index.ts';

export interface RetrieveDeps {
  db: Database;
  index: VectorIndex;
  profile: () => ActiveProfile;
  /** The dense leg's share in the fusion for questions in a language. */
  denseShare: (profile: ActiveProfile, language: Language) => number;
  log: Logger;
  observe: (part: string, seconds: number) => void;
  clock: Clock;
}

export interface RetrieveRequest {
  question: string;
  language: Language;
  filter: SearchFilter;
  topK: number;
  signal?: AbortSignal;
}

export interface Retrieved {
  passages: Passage[];
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

/**
 * The passages for a question, best first: candidates of both legs, fused, with their text and place from PostgreSQL. Only
 * chunks of live versions come back, whatever else the index still holds.
 */
export async function retrieve(deps: RetrieveDeps, request: RetrieveRequest): Promise<Retrieved> {
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
  const chunks = await clocked('context', () =>
    readLiveChunks(
      deps.db,
      fused.map((hit) => hit.id),
    ),
  );
  const byId = new Map(chunks.map((chunk) => [chunk.chunkId, chunk]));
  const passages = fused.flatMap((hit): Passage[] => {
    const chunk = byId.get(hit.id);
    if (!chunk) return [];
    const { places } = readMetadata(chunk.metadata);
    const { chunkId, chunkIdx, itemId, title, source, text } = chunk;
    return [
      {
        ...{ chunkId, chunkIdx, itemId, title, source, text, places, score: hit.score },
        ...(hit.dense === undefined ? {} : { dense: hit.dense }),
      },
    ];
  });
  return { ...embedded, passages: passages.slice(0, request.topK) };
}
