import type { Logger } from './types.ts';

const nothing = (): void => undefined;

/** Says nothing; the default where no logger is given. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
