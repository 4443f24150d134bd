import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { FROM_IMAGE, FROM_REGISTRY, modelScript, type Source } from './model-source.ts';

const root = mkdtempSync(join(tmpdir(), 'luna-model-source-'));
afterAll(() => rmSync(root, { recursive: true }));

// What fails, and with which words, is the subject: a program that answers as Ollama 0.17 does where a registry refuses or is away.
const OLLAMA = `#!/bin/sh
case "$1" in
  serve) exec sleep 60 ;;
  show) test -e "$HOME/has-$2" ;;
  pull)
    if test -e "$HOME/refused-$2"; then cat "$HOME/refused-$2" >&2; exit 1; fi
    touch "$HOME/has-$2" ;;
esac
`;
const MANIFEST = 'Error: pull model manifest:';

interface End {
  code: number | null;
  /** What the kubelet would report. Undefined where nothing was written. */
  told: string | undefined;
  said: string;
  has: (model: string) => boolean;
}

/** Runs the script for these models. `refused`: what the registry says of some of them. */
function run(source: Source, names: string[], world: { has?: string[]; refused?: Record<string, string> } = {}): End {
  const home = mkdtempSync(join(root, 'home-'));
  const log = join(home, 'termination-log');
  mkdirSync(join(home, 'bin'));
  writeFileSync(join(home, 'bin/ollama'), OLLAMA);
  chmodSync(join(home, 'bin/ollama'), 0o755);
  for (const name of world.has ?? []) writeFileSync(join(home, `has-${name}`), '');
  for (const [name, words] of Object.entries(world.refused ?? {}))
    writeFileSync(join(home, `refused-${name}`), `pulling manifest\n${words}\n`);
  const script = modelScript(source).replace('/dev/termination-log', log);
  const env = { HOME: home, PATH: `${join(home, 'bin')}:${process.env['PATH'] ?? ''}` };
  const { status, stderr } = spawnSync('/bin/sh', ['-c', script, 'models', ...names], { env, encoding: 'utf8' });
  return {
    code: status,
    told: existsSync(log) ? readFileSync(log, 'utf8') : undefined,
    said: stderr,
    has: (model) => existsSync(join(home, `has-${model}`)),
  };
}

it('has every model pulled that is not there yet', () => {
  const end = run(FROM_REGISTRY, ['embeds', 'chats'], { has: ['embeds'] });
  expect(end).toMatchObject({ code: 0, told: '' });
  expect(end.has('chats')).toBe(true);
});

it.each(['file does not exist', '412: \n\nIt requires a newer version.\n\n\thttps://ollama.com', '403: denied'])(
  'goes on without an optional model that the registry refuses (%s), and gets the others',
  (answer) => {
    const end = run(FROM_REGISTRY, ['embeds', 'chats', 'reads'], { refused: { chats: `${MANIFEST} ${answer}` } });
    expect(end).toMatchObject({ code: 0, told: `chats: pull model manifest: ${answer.replaceAll(/\s+/gu, ' ')}` });
    expect(['embeds', 'reads'].map(end.has)).toEqual([true, true]);
  },
);

it.each(['Get "https://registry/": dial tcp: no such host', '503: try later', '429: too many requests'])(
  'is tried again where the registry may answer later (%s)',
  (answer) => {
    const end = run(FROM_REGISTRY, ['embeds', 'chats'], { refused: { chats: `${MANIFEST} ${answer}` } });
    expect(end).toMatchObject({ code: 1, told: undefined });
    expect(end.said).toContain(answer);
  },
);

it('never goes on without the embedding model', () => {
  const refused = { embeds: `${MANIFEST} file does not exist` };
  expect(run(FROM_REGISTRY, ['embeds', 'chats'], { refused })).toMatchObject({ code: 1, told: undefined });
  const end = run(FROM_IMAGE, ['embeds', 'chats'], { has: ['chats'] });
  expect(end).toMatchObject({ code: 1, told: undefined, said: expect.stringContaining('model embeds: not found') });
});

it('names every optional model that an image does not have', () => {
  const end = run(FROM_IMAGE, ['embeds', 'chats', 'reads'], { has: ['embeds'] });
  const told = 'chats: not found in the model image; reads: not found in the model image';
  expect(end).toMatchObject({ code: 0, told });
});

it('takes a name for a name', () => {
  const name = '$(touch "$HOME/has-run")';
  const end = run(FROM_IMAGE, ['embeds', name], { has: ['embeds'] });
  expect(end.told).toContain(`${name}: `);
  expect(end.has('run')).toBe(false);
});
