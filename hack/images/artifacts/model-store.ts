import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ToolError } from '../../lib/errors.ts';
import { claimPort } from '../../lib/ports.ts';
import { patient } from '../../lib/run.ts';

/** The folder of Ollama's artifact, and what decides its content. */
export interface OllamaArtifact {
  readonly key: readonly string[];
  readonly folder: () => Promise<string>;
}

/** Fills `store/` of a folder with models, each by its `NAME.Modelfile` there, by an Ollama that is started for it. */
export async function createModels(ollama: string, work: string, names: readonly string[]): Promise<void> {
  const address = `127.0.0.1:${await claimPort()}`;
  const env = { ...process.env, OLLAMA_HOST: address, OLLAMA_MODELS: join(work, 'store'), HOME: work };
  const server = spawn(ollama, ['serve'], { env, stdio: 'ignore' });
  try {
    await answers(`http://${address}/api/version`, server);
    for (const name of names)
      await patient.run(ollama, ['create', name, '-f', `${name}.Modelfile`], { cwd: work, env });
  } finally {
    const gone = once(server, 'close');
    if (server.exitCode === null) {
      server.kill('SIGTERM');
      await gone;
    }
  }
}

async function answers(url: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 150; attempt += 1) {
    if (server.exitCode !== null)
      throw new ToolError('LUNA_OLLAMA', `ollama serve ended with ${server.exitCode} while the model image was made`);
    const ok = await fetch(url, { signal: AbortSignal.timeout(1000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await sleep(200);
  }
  throw new ToolError('LUNA_OLLAMA', 'ollama serve did not answer within 30 s while the model image was made');
}
