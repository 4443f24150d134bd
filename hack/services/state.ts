import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir } from '../lib/cache.ts';
import type { Running } from './runner.ts';
import type { Credentials, ServiceName } from './types.ts';

/** One set of services, as `state.json` in its folder describes it: what a later run needs to use it, or to clear it away. */
export type SetState = {
  readonly ports: Partial<Record<ServiceName, number>>;
  readonly secrets: Credentials;
  readonly running: Partial<Record<ServiceName, Running>>;
};

const file = 'state.json';
const ownPrefix = 'run-';

/** Folder of a named set. */
export function setFolder(name: string): string {
  return join(cacheDir(), 'services', name);
}

/** Folder of the set that belongs to this process alone, so that two test runs at once do not end each other's services. */
export function ownFolder(pid: number): string {
  return setFolder(`${ownPrefix}${pid}`);
}

/** Folders of such sets whose process is gone: what killed runs left. */
export async function orphanedFolders(alive: (pid: number) => Promise<boolean>): Promise<string[]> {
  const names = await readdir(setFolder('.')).catch(() => []);
  const orphaned: string[] = [];
  for (const name of names.filter((each) => each.startsWith(ownPrefix))) {
    if (!(await alive(Number(name.slice(ownPrefix.length))))) orphaned.push(setFolder(name));
  }
  return orphaned;
}

/** The state in a set's folder; undefined where there is none, or a kill left half of one. */
export async function readState(folder: string): Promise<SetState | undefined> {
  const text = await readFile(join(folder, file), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as SetState;
  } catch {
    return undefined;
  }
}

/** Writes the state in one step. */
export async function writeState(folder: string, state: SetState): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${file}.new`), JSON.stringify(state, null, 2), { mode: 0o600 });
  await rename(join(folder, `${file}.new`), join(folder, file));
}

/** Removes a set's folder: data, logs, state. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
