import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError } from '../../lib/errors.ts';
import { patient } from '../../lib/run.ts';
import { imageVersions } from '../../versions.ts';
import { marchLevel } from '../cpu.ts';
import { ensureHostTools } from '../host-tools.ts';
import { imagePaths, repository } from '../paths.ts';
import type { Artifact } from '../types.ts';

const source = join(repository, 'hack/images/ollama/go');

/** `ollama` and `convert`, compiled for this processor; the key holds its level, so that a cache moved elsewhere is not believed. */
export function ollamaArtifact(cpuinfo: string): Artifact {
  const march = marchLevel(cpuinfo, process.arch);
  return {
    key: ['ollama', imageVersions.ollama, process.arch, march],
    usualSeconds: 180,
    async make(folder) {
      await ensureHostTools(['compiler', 'json', 'stb', 'flock']);
      if (!(await patient.succeeds('go', ['version'])))
        throw new ToolError(
          'LUNA_NO_GO',
          'Ollama is compiled with Go, and no go command is on this machine: install Go 1.24 or newer',
        );
      const include = await miniaudioInclude();
      const optimise = `-O3 -march=${march} -I${include}`;
      const env = { CGO_ENABLED: '1', CGO_CFLAGS: optimise, CGO_CXXFLAGS: optimise };
      const build = (output: string, what: string): Promise<string> =>
        patient.run(
          'go',
          [
            'build',
            '-mod=readonly',
            '-trimpath',
            '-ldflags',
            `-s -w -X github.com/ollama/ollama/version.Version=${imageVersions.ollama}`,
            '-o',
            join(folder, output),
            what,
          ],
          {
            cwd: source,
            env,
            timeoutMs: 40 * 60_000,
          },
        );
      await build('ollama', 'github.com/ollama/ollama');
      await build('convert', './convert');
    },
  };
}

/** A Go module archive leaves out `vendor` folders, where Ollama keeps miniaudio.h; malgo's archive carries the same header. */
async function miniaudioInclude(): Promise<string> {
  await patient.run('go', ['mod', 'download', 'github.com/gen2brain/malgo'], { cwd: source });
  const module = JSON.parse(
    await patient.run('go', ['list', '-m', '-json', 'github.com/gen2brain/malgo'], { cwd: source }),
  ) as { Dir: string };
  // One fixed place: the path is part of the Go build cache's keys.
  const include = join(imagePaths().root, 'work/ollama/include');
  await mkdir(join(include, 'miniaudio'), { recursive: true });
  await copyFile(join(module.Dir, 'miniaudio.h'), join(include, 'miniaudio/miniaudio.h'));
  return include;
}

/** This machine's /proc/cpuinfo, or nothing where there is none. */
export function readCpuinfo(): Promise<string> {
  return readFile('/proc/cpuinfo', 'utf8').catch(() => '');
}
