import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync, linkSync } from 'node:fs';
import { dirname } from 'node:path';

import { identify, isAlive, type ProcessIdentity } from './local/processes.ts';
import { waitFor } from './run.ts';

const holder = (file: string): ProcessIdentity | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
};

/**
 * Runs `work` while no other process does so under the same lock file. Whoever held it and was killed holds it no more. Throws
 * `LUNA_TIMEOUT` after half an hour.
 */
export const withLock = async <T>(file: string, work: () => Promise<T>): Promise<T> => {
  mkdirSync(dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, JSON.stringify(identify(process.pid)));
  const take = async (): Promise<boolean> => {
    try {
      linkSync(mine, file);
      return true;
    } catch {
      removeAbandoned(file);
      return false;
    }
  };
  try {
    await waitFor(`the end of another run that holds ${file}`, take, 1_800_000);
    return await work().finally(() => rmSync(file, { force: true }));
  } finally {
    rmSync(mine, { force: true });
  }
};

const removeAbandoned = (file: string): void => {
  const found = holder(file);
  if (found && isAlive(found)) return;
  const aside = `${file}.abandoned-${process.pid}`;
  try {
    renameSync(file, aside);
    rmSync(aside, { force: true });
  } catch {
    // Another waiter was faster.
  }
};
