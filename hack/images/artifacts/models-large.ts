import { readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { imageVersions } from '../../versions.ts';
import { contentTag } from '../hash.ts';
import { largeModels, type LargeModel } from '../large-models.ts';
import { modelfile, modelRecipes, type ModelRecipe } from '../model-recipes.ts';
import type { Artifact } from '../types.ts';
import { createModels, type OllamaArtifact } from './model-store.ts';

const names = ['embeddinggemma', 'luna-reader'] as const;

/** `store/`: an Ollama store with {@link names}; `folderOf` yields where a model's `model.gguf` is. */
export function largeModelsArtifact(ollama: OllamaArtifact, folderOf: (name: LargeModel) => Promise<string>): Artifact {
  return {
    // Worked out when it is asked for: most that look into the catalog do not want this image, and the adapter is read for it.
    get key() {
      return ['models-large', imageVersions.ollama, ...names.flatMap((name) => keyOf(modelRecipes[name]))];
    },
    usualSeconds: 60,
    async make(folder) {
      const tools = await ollama.folder();
      const work = join(folder, 'work');
      await mkdir(work);
      for (const name of names) {
        const recipe = modelRecipes[name];
        const weights = join(await folderOf(recipe.weights), 'model.gguf');
        await writeFile(join(work, `${name}.Modelfile`), modelfile(recipe, weights));
      }
      await createModels(join(tools, 'ollama'), work, names);
      await rename(join(work, 'store'), join(folder, 'store'));
      await rm(work, { recursive: true });
    },
  };
}

function keyOf({ weights, template, adapter }: ModelRecipe): string[] {
  const taught = adapter === undefined ? [] : [{ path: 'adapter', executable: false, content: readFileSync(adapter) }];
  return [...largeModels[weights].key, template ?? '', contentTag([], taught)];
}
