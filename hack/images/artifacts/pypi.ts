import { join } from 'node:path';
import { patient } from '../../lib/run.ts';

/** Installs a package from PyPI into a folder of its own below `work`, which is returned. */
export async function pypi(work: string, requirement: string, ...options: readonly string[]): Promise<string> {
  const target = join(work, requirement);
  const quietly = ['-m', 'pip', 'install', '--quiet', '--no-compile', ...options];
  await patient.run('python3', [...quietly, '--target', target, requirement]);
  return target;
}
