import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { binariesDir } from '../cluster/binaries.ts';

const executable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** kubectl: KUBECTL where it is set, the one on the PATH, else the one that `make up` has made. */
export async function findKubectl(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  if (env['KUBECTL']) return env['KUBECTL'];
  const onPath = (env['PATH'] ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && executable(join(folder, 'kubectl')));
  if (onPath) return 'kubectl';
  const made = await binariesDir().then(
    (folder) => join(folder, 'kubectl'),
    () => '',
  );
  return executable(made) ? made : 'kubectl';
}
