import manifest from '../package.json' with { type: 'json' };

/** The version of this build. */
export const apiVersion: string = manifest.version;
