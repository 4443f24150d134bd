import { ToolError } from '../../lib/errors.ts';
import { attempt, run } from '../../lib/run.ts';
import { say } from '../../lib/say.ts';
import type { ImageArchive } from '../cluster.ts';
import { paths } from './settings.ts';

const ctr = (...args: string[]): [string, string[]] => [
  'ctr',
  ['--address', paths.containerdSocket, '--namespace', 'k8s.io', ...args],
];

const lines = (text: string): string[] => text.split('\n').filter(Boolean);

/** Whether containerd answers. */
export const containerdAnswers = async (): Promise<boolean> =>
  (await attempt(...ctr('version'), { timeoutMs: 5_000 })).code === 0;

/** Loads images into containerd; one that is there under its reference is left alone. */
export const importImages = async (archives: readonly ImageArchive[]): Promise<void> => {
  const present = new Set(lines(await run(...ctr('images', 'list', '--quiet'))));
  for (const { ref, path } of archives.filter((archive) => !present.has(archive.ref))) {
    say(`loading ${ref}`);
    // An archive may name its image otherwise, or not at all; `--index-name` gives an unnamed one our name.
    await run(...ctr('images', 'import', '--index-name', ref, path), { timeoutMs: 600_000 });
    const now = lines(await run(...ctr('images', 'list', '--quiet')));
    if (!now.includes(ref)) throw new ToolError('LUNA_IMAGE_NAME', `${path} does not hold an image named ${ref}`);
  }
};

/** Forgets containers that an earlier cluster left in containerd's store; images stay. */
export const forgetContainers = async (): Promise<void> => {
  for (const id of lines(await run(...ctr('containers', 'list', '--quiet')))) {
    await attempt(...ctr('tasks', 'delete', '--force', id));
    await attempt(...ctr('containers', 'delete', id));
  }
};
