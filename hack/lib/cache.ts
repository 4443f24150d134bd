import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where everything is kept that may be thrown away but costs time to make again: `$LUNA_CACHE`, by default `~/.cache/luna`. */
export const cacheDir = (env: NodeJS.ProcessEnv = process.env): string =>
  env['LUNA_CACHE'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'luna');
