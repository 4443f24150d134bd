import { fileURLToPath } from 'node:url';
import { chatMlTemplate } from '../reader/chat-ml.ts';
import type { LargeModel } from './large-models.ts';

/** What Ollama makes a model of. */
export interface ModelRecipe {
  weights: LargeModel;
  template?: string;
  /** The path of what training added to the weights. */
  adapter?: string;
}

/** The large models by their names in Ollama. */
export const modelRecipes: ReadonlyMap<string, ModelRecipe> = new Map([
  ['embeddinggemma', { weights: 'embedding-gemma' }],
  ['qwen2.5-coder:1.5b', { weights: 'qwen-coder', template: chatMlTemplate }],
  [
    'luna-reader',
    {
      weights: 'qwen-coder',
      template: chatMlTemplate,
      adapter: fileURLToPath(new URL('../reader/adapter.gguf', import.meta.url)),
    },
  ],
]);

/** A recipe as `ollama create` reads it, with the files by the names that they have beside it. */
export function modelfile({ template }: ModelRecipe, files: { weights: string; adapter?: string }): string {
  return [
    `FROM ./${files.weights}`,
    ...(files.adapter === undefined ? [] : [`ADAPTER ./${files.adapter}`]),
    ...(template === undefined ? [] : [`TEMPLATE """${template}"""`]),
    '',
  ].join('\n');
}
