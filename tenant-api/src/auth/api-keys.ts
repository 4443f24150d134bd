import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LunaError, errorMessage, type Clock, type Logger } from '@luna-iems/service-kit';

/** What a key may be used for. */
export const scopes = ['ingest', 'ask', 'read', 'operate'] as const;
export type Scope = (typeof scopes)[number];

/** Who is calling, known by the name of their key. */
export interface ApiClient {
  name: string;
  scopes: ReadonlySet<Scope>;
}

export interface ApiKeys {
  /** The client that a key belongs to; undefined for a key that nobody has. Throws `LUNA_API_KEYS` while no keys can be read. */
  find(key: string): Promise<ApiClient | undefined>;
  /** Throws `LUNA_API_KEYS`, with the reason, while there is no key. */
  check(): Promise<void>;
}

export interface ApiKeysDeps {
  /** One file per key: the file's name is the key's name, its content `{"key":"luna_…","scopes":[…]}`. */
  dir: string;
  log: Logger;
  clock: Clock;
}

interface Entry extends ApiClient {
  hash: Buffer;
}

/** How long a read of the directory is good for: a changed Secret is in force after that. */
const FRESH_MS = 5_000;

const digest = (key: string): Buffer => createHash('sha256').update(key).digest();

/** Reads one entry. Throws with a sentence that names the mistake, never the key. */
export function parseKeyEntry(name: string, text: string): ApiClient & { hash: Buffer } {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new Error(`the key "${name}" is not JSON`);
  }
  const { key, scopes: listed } = (data ?? {}) as { key?: unknown; scopes?: unknown };
  if (typeof key !== 'string' || key.length < 20)
    throw new Error(`the key "${name}" has no "key" of at least 20 characters`);
  if (!Array.isArray(listed)) throw new Error(`the key "${name}" has no list of "scopes"`);
  const unknown = listed.filter((scope) => !scopes.includes(scope as Scope));
  if (unknown.length > 0) throw new Error(`the key "${name}" has unknown scopes; known are ${scopes.join(', ')}`);
  return { name, scopes: new Set(listed as Scope[]), hash: digest(key) };
}

async function readEntries(deps: ApiKeysDeps): Promise<Entry[]> {
  // A mounted Secret's own bookkeeping begins with a dot.
  const names = (await readdir(deps.dir)).filter((name) => !name.startsWith('.')).sort();
  const entries = await Promise.all(
    names.map(async (name) => {
      try {
        return parseKeyEntry(name, await readFile(join(deps.dir, name), 'utf8'));
      } catch (error) {
        deps.log.warn({ entry: name }, `an API key is not usable: ${errorMessage(error)}`);
        return undefined;
      }
    }),
  );
  return entries.filter((entry) => entry !== undefined);
}

/** Compares with every key, so that the time tells neither whether nor which one matched. */
function match(entries: readonly Entry[], key: string): Entry | undefined {
  const hash = digest(key);
  let found: Entry | undefined;
  for (const entry of entries) if (timingSafeEqual(entry.hash, hash)) found = entry;
  return found;
}

/** API keys from a mounted Secret, read again when the last read is over five seconds old. */
export function createApiKeys(deps: ApiKeysDeps): ApiKeys {
  let entries: Entry[] = [];
  let readAt = -Infinity;
  let failure: unknown;
  let reading: Promise<void> | undefined;

  const reload = async (): Promise<void> => {
    try {
      entries = await readEntries(deps);
      failure = undefined;
    } catch (error) {
      // Keys that were good stay good while the directory cannot be read.
      failure = error;
      deps.log.warn({ err: error }, 'the API keys could not be read again');
    }
    readAt = deps.clock.monotonicMs();
  };
  const current = async (): Promise<Entry[]> => {
    if (deps.clock.monotonicMs() - readAt > FRESH_MS) {
      reading ??= reload().finally(() => (reading = undefined));
      await reading;
    }
    if (entries.length > 0) return entries;
    const reason = failure === undefined ? 'the directory holds no usable key' : errorMessage(failure);
    throw new LunaError('LUNA_API_KEYS', `There are no API keys: ${reason}.`, { status: 503, cause: failure });
  };
  return {
    find: async (key) => match(await current(), key),
    check: async () => void (await current()),
  };
}
