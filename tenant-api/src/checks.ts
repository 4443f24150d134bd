import { LunaError } from '@luna-iems/service-kit';
import { readSchemaVersion, schemaVersion, type Database } from '@luna-iems/tenant-db';
import type { Reader } from './ask/reader.ts';
import type { ApiKeys } from './auth/api-keys.ts';
import type { ProfileManager } from './embed/profile-manager.ts';
import { modelNamed, type Ollama } from './embed/ollama.ts';
import type { Tika } from './extract/tika.ts';
import type { ObjectStore } from './originals/s3.ts';
import type { VectorIndex } from './search/vector-index.ts';
import type { Check } from './status/supervisor.ts';

export interface CheckDeps {
  db: Database;
  index: VectorIndex;
  tika: Tika;
  ollama: Ollama;
  profiles: ProfileManager;
  keys: ApiKeys;
  embeddingModel: string;
  /** Undefined where no object store is known. */
  objects: ObjectStore | undefined;
  /** Undefined where no model reads. */
  reader: Reader | undefined;
  /** The chat model's name; undefined where none writes. */
  chatModel: string | undefined;
}

async function checkDatabase(db: Database): Promise<string> {
  await db.ping();
  const version = await readSchemaVersion(db);
  if (version < schemaVersion) {
    throw new LunaError(
      'LUNA_SCHEMA_OLD',
      `the schema is at version ${version}, this service needs ${schemaVersion}: run the schema job`,
    );
  }
  return `schema version ${version}`;
}

/** The server may lack the model while it is still being copied or pulled. */
async function checkOllama(ollama: Ollama, model: string, signal: AbortSignal): Promise<string> {
  const [version, models] = await Promise.all([ollama.version(signal), ollama.models(signal)]);
  if (!modelNamed(models, model)) throw new LunaError('LUNA_MODEL_MISSING', `the model "${model}" is not there yet`);
  return `Ollama ${version}`;
}

async function requireModel(ollama: Ollama, model: string, signal: AbortSignal, without: string): Promise<void> {
  if (modelNamed(await ollama.models(signal), model)) return;
  throw new LunaError('LUNA_MODEL_MISSING', `the model server has no "${model}": ${without}`);
}

const WITHOUT_READER = 'words and vectors judge without it';

/** A reader that is not heard is nothing that answers wait for, but somebody wanted it. */
async function checkReader(reader: Reader, ollama: Ollama, signal: AbortSignal): Promise<string> {
  const { model, selfTest, right } = reader.status();
  await requireModel(ollama, model, signal, WITHOUT_READER);
  const share =
    right === undefined ? 'says neither yes nor no' : `${Math.round(right * 100)} % right, where 50 is guessing`;
  if (selfTest === 'passed') return `${model}, ${share}`;
  const why = selfTest === 'pending' ? 'has not been tested yet' : `does not tell answers apart (${share})`;
  throw new LunaError('LUNA_READER_NOT_HEARD', `the model "${model}" ${why}: ${WITHOUT_READER}`);
}

async function checkChat(ollama: Ollama, model: string, signal: AbortSignal): Promise<string> {
  await requireModel(ollama, model, signal, 'answers are quotes');
  return model;
}

/** The parts that this service needs, and how it finds out whether they are well. */
export function partChecks(deps: CheckDeps): Record<string, Check> {
  const { db, index, tika, ollama, profiles, keys, embeddingModel, objects, reader, chatModel } = deps;
  return {
    database: () => checkDatabase(db),
    qdrant: () => index.ping(),
    tika: async (signal) => (await tika.version(signal)).trim(),
    ollama: (signal) => checkOllama(ollama, embeddingModel, signal),
    embedding: async () => {
      const { normalisation, collection } = profiles.current();
      return `${collection}, normalisation ${normalisation}`;
    },
    keys: () => keys.check(),
    ...(objects === undefined ? {} : { objectStore: (signal: AbortSignal) => objects.ping(signal) }),
    ...(reader === undefined ? {} : { reader: (signal: AbortSignal) => checkReader(reader, ollama, signal) }),
    ...(chatModel === undefined ? {} : { chat: (signal: AbortSignal) => checkChat(ollama, chatModel, signal) }),
  };
}

/** Without these nothing can be answered; without the others, some things. */
export const essentialParts: readonly string[] = ['database', 'keys'];

/** Nobody waits for these: while they are away, what they do is done later. */
export const patientParts: readonly string[] = ['objectStore', 'reader', 'chat'];
