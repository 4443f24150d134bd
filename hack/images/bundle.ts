import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { ToolError } from '../lib/errors.ts';
import { repository } from './paths.ts';

/** Bundled code finds no `require`, `__filename` or `__dirname` of its own, and some CommonJS dependencies ask for them. */
const banner = [
  "import { createRequire as lunaCreateRequire } from 'node:module';",
  "import { fileURLToPath as lunaFileURLToPath } from 'node:url';",
  "import { dirname as lunaDirname } from 'node:path';",
  'const require = lunaCreateRequire(import.meta.url);',
  'const __filename = lunaFileURLToPath(import.meta.url);',
  'const __dirname = lunaDirname(__filename);',
].join(' ');

/** Optional native accelerators that our dependencies try to load and do without. */
const optionalNatives: string[] = ['pg-native', 'bufferutil', 'utf-8-validate', 'fsevents'];

/** How everything in our images is bundled. */
export const bundleOptions: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  // Names stay, for stack traces; white space and dead branches go: the Kubernetes client's models are most of a bundle.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  charset: 'utf8',
  logLevel: 'warning',
  mainFields: ['module', 'main'],
  external: optionalNatives,
  banner: { js: banner },
};

/** The entries that a workspace's package.json lists under `luna.entries`. */
export function lunaEntries(packageJson: string, workspace: string): readonly string[] {
  const parsed = JSON.parse(packageJson) as { luna?: { entries?: unknown } };
  const entries = parsed.luna?.entries;
  const ok =
    Array.isArray(entries) &&
    entries.length > 0 &&
    entries.every((entry): entry is string => typeof entry === 'string');
  if (!ok)
    throw new ToolError(
      'LUNA_NO_ENTRIES',
      `${workspace}/package.json lists no "luna": {"entries": ["src/main.ts"]}: nothing to bundle`,
    );
  return entries;
}

/** Bundles each entry of a workspace into `<workspace>/dist/<entry's name>.js`, the same bytes for the same sources. */
export async function bundleWorkspace(workspace: string): Promise<readonly string[]> {
  const folder = join(repository, workspace);
  const entries = lunaEntries(await readFile(join(folder, 'package.json'), 'utf8'), workspace);
  const outdir = join(folder, 'dist');
  await rm(outdir, { recursive: true, force: true });
  await build({
    absWorkingDir: folder,
    entryPoints: entries.map((entry) => ({ in: entry, out: basename(entry).replace(/\.[cm]?ts$/, '') })),
    outdir,
    ...bundleOptions,
    sourcemap: 'linked',
    sourcesContent: false,
  });
  return entries.map((entry) => join(outdir, `${basename(entry).replace(/\.[cm]?ts$/, '')}.js`));
}

if (import.meta.main) {
  const workspaces = process.argv.slice(2);
  if (workspaces.length === 0) {
    console.error('usage: node hack/images/bundle.ts WORKSPACE…');
    process.exitCode = 2;
  }
  for (const workspace of workspaces) console.log((await bundleWorkspace(workspace)).join('\n'));
}
