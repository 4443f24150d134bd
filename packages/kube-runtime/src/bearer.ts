import { readFile } from 'node:fs/promises';
import type { Clock } from './clock.ts';
import type { ConnectionConfig } from './connection-config.ts';
import { KubeError } from './errors.ts';

const tokenLifeMs = 60_000;

/** Gives the Authorization header of the moment. */
export interface Bearer {
  header(): Promise<string | undefined>;
  /** Forgets what was read. True when reading again can help, that is, when the credentials are not fixed. */
  refresh(): boolean;
}

/** Reads the token file at most every 60 s; a file that cannot be read throws KUBE_CONFIG. */
export function createBearer(config: ConnectionConfig, clock: Clock): Bearer {
  let known: { header: string; readAt: number } | undefined;
  const { tokenFile, authorization, token } = config;

  const fromFile = async (path: string): Promise<string> => {
    if (known && clock.monotonic() - known.readAt < tokenLifeMs) return known.header;
    try {
      known = { header: `Bearer ${(await readFile(path, 'utf8')).trim()}`, readAt: clock.monotonic() };
      return known.header;
    } catch (cause) {
      throw new KubeError(`cannot read the token in ${path}`, { code: 'KUBE_CONFIG', cause });
    }
  };

  return {
    async header() {
      if (tokenFile) return fromFile(tokenFile);
      if (authorization) return authorization();
      return token ? `Bearer ${token}` : undefined;
    },
    refresh() {
      known = undefined;
      return Boolean(tokenFile ?? authorization);
    },
  };
}
