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
export const modelRecipes = {
  embeddinggemma: { weights: 'embedding-gemma' },
  'qwen2.5-coder:1.5b': { weights: 'qwen-coder', template: chatMlTemplate },
  'luna-reader': {
    weights: 'qwen-coder',
    template: chatMlTemplate,
    adapter: fileURLToPath(new URL('../reader/adapter.gguf', import.meta.url)),
  },
} satisfies Record<string, ModelRecipe>;

/** A recipe as `ollama create` reads it; `weights` is the path of the model in GGUF. */
export function modelfile({ template, adapter }: ModelRecipe, weights: string): string {
  return [
    `FROM ${weights}`,
    ...(adapter === undefined ? [] : [`ADAPTER ${adapter}`]),
    ...(template === undefined ? [] : [`TEMPLATE """${template}"""`]),
    '',
  ].join('\n');
}
