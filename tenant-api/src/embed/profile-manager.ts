import { LunaError, errorMessage, type Logger } from '@luna-iems/service-kit';
import {
  activateProfile,
  ensureProfile,
  readActiveProfile,
  type Database,
  type EmbeddingProfile,
} from '@luna-iems/tenant-db';
import type { VectorIndex } from '../search/vector-index.ts';
import type { Embedder } from './embedder.ts';
import { normalisations, type Normalisation } from './normalise.ts';
import { modelNamed, type Ollama } from './ollama.ts';
import type { EmbeddingPreset } from './presets.ts';
import { probeModel, type ProbeResult, type Tried } from './probe.ts';
import { chunkSizes, collectionOf, identityOf, type ChunkSizes } from './profile.ts';

/** A profile that passed its self-test and is in force: vectors may be made and compared. */
export interface ActiveProfile {
  collection: string;
  embedder: Embedder;
  preset: EmbeddingPreset;
  sizes: ChunkSizes;
  normalisation: Normalisation;
}

export interface ProfileStatus {
  model: string;
  dimensions: number;
  normalisation: Normalisation | null;
  collection: string | null;
  selfTest: 'passed' | 'failed' | 'pending';
  /** Why not `passed`. */
  reason?: string;
  /** What failed, by normalisation, as far as it was tried. */
  failures?: Record<string, string[]>;
}

/** Keeps the embedding profile: checks the model, chooses the normalisation, prepares collection and alias. */
export interface ProfileManager {
  /** Looks at the model server; runs the self-test when the model or the server is new. Throws the reason when nothing may be embedded. */
  check(signal?: AbortSignal): Promise<ActiveProfile>;
  /** The profile in force. Throws `LUNA_EMBEDDING_NOT_READY` with the reason. */
  current(): ActiveProfile;
  status(): ProfileStatus;
}

export interface ProfileManagerDeps {
  ollama: Ollama;
  index: VectorIndex;
  db: Database;
  log: Logger;
  model: string;
  preset: EmbeddingPreset;
  /** Brings the stored chunks into a new profile's collection before it takes over. */
  refill: (profile: ActiveProfile, signal?: AbortSignal) => Promise<void>;
}

interface Server {
  digest: string;
  version: string;
}

function notReady(reason: string, cause?: unknown): LunaError {
  return new LunaError('LUNA_EMBEDDING_NOT_READY', `Nothing can be embedded now: ${reason}.`, { status: 503, cause });
}

async function lookAtServer(deps: ProfileManagerDeps, signal?: AbortSignal): Promise<Server> {
  const [version, models] = await Promise.all([deps.ollama.version(signal), deps.ollama.models(signal)]);
  const model = modelNamed(models, deps.model);
  if (!model) throw notReady(`the server has no model "${deps.model}"`);
  return { digest: model.digest, version };
}

function knownOf(
  profile: EmbeddingProfile | undefined,
  digest: string,
): { normalisation: Normalisation; golden: number[] } | undefined {
  const golden = profile?.selfTest?.['golden'];
  const normalisation = normalisations.find((one) => one === profile?.normalisation);
  if (profile?.digest !== digest || normalisation === undefined || !Array.isArray(golden)) return undefined;
  return { normalisation, golden: golden as number[] };
}

const failuresOf = (tried: readonly Tried[]): Record<string, string[]> =>
  Object.fromEntries(tried.filter((one) => !one.ok).map((one) => [one.normalisation, one.failures]));

interface Chosen {
  server: Server;
  chosen: NonNullable<ProbeResult['chosen']>;
  tried: Tried[];
}

/** Makes the profile the one in force: record, collection, vectors of what is stored, alias, in this order. */
async function bringIntoForce(
  deps: ProfileManagerDeps,
  { server, chosen, tried }: Chosen,
  signal?: AbortSignal,
): Promise<ActiveProfile> {
  const { db, index, preset, model } = deps;
  const { normalisation, embedder, golden } = chosen;
  const identity = identityOf({ model, digest: server.digest, preset, normalisation });
  const collection = collectionOf(identity);
  const selfTest = { server: server.version, golden, failures: failuresOf(tried) };
  const stored = await ensureProfile(db, identity, { collection, selfTest });
  const profile = { collection: stored.collection, embedder, preset, normalisation, sizes: chunkSizes(preset) };
  await index.ensureCollection(profile.collection, preset.dimensions);
  if (!stored.active) {
    await deps.refill(profile, signal);
    await activateProfile(db, stored.profileId);
    deps.log.info({ model, collection, normalisation }, 'embedding profile in force');
  }
  await index.switchAlias(profile.collection);
  return profile;
}

/** The manager of one configured model. Nothing is contacted before `check`. */
export function createProfileManager(deps: ProfileManagerDeps): ProfileManager {
  const { model, preset } = deps;
  let active: ActiveProfile | undefined;
  let tested: Server | undefined;
  let reason = 'the self-test has not run yet';
  let tried: Tried[] = [];
  let selfTest: ProfileStatus['selfTest'] = 'pending';

  const run = async (signal?: AbortSignal): Promise<ActiveProfile> => {
    const server = await lookAtServer(deps, signal);
    if (active && tested?.digest === server.digest && tested.version === server.version) return active;
    const known = knownOf(await readActiveProfile(deps.db), server.digest);
    const result = await probeModel({
      ollama: deps.ollama,
      model,
      preset,
      ...(known ? { known } : {}),
      ...(signal ? { signal } : {}),
    });
    tried = result.tried;
    if (!result.chosen) {
      selfTest = 'failed';
      active = undefined;
      throw notReady(`${model} on Ollama ${server.version} fails the self-test: ${tried.at(-1)?.failures[0] ?? ''}`);
    }
    selfTest = 'passed';
    reason = 'the stored chunks are being embedded anew for this profile';
    active = await bringIntoForce(deps, { server, chosen: result.chosen, tried }, signal);
    tested = server;
    return active;
  };

  return {
    check: async (signal) => {
      try {
        return await run(signal);
      } catch (error) {
        reason = errorMessage(error);
        throw error;
      }
    },
    current: () => {
      if (active) return active;
      throw notReady(reason.replace(/^Nothing can be embedded now: |\.$/gu, ''));
    },
    status: () => ({
      model,
      dimensions: preset.dimensions,
      normalisation: active?.normalisation ?? null,
      collection: active?.collection ?? null,
      selfTest,
      ...(active ? {} : { reason }),
      ...(tried.some((one) => !one.ok) ? { failures: failuresOf(tried) } : {}),
    }),
  };
}
