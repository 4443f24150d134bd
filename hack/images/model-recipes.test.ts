import { expect, it } from 'vitest';
import { modelfile, modelRecipes } from './model-recipes.ts';

it('writes a recipe as the model server reads it', () => {
  expect(modelfile({ weights: 'embedding-gemma' }, { weights: 'a.gguf' })).toBe('FROM ./a.gguf\n');
  const taught = { weights: 'qwen-coder', template: 'T\n', adapter: '/x' } as const;
  expect(modelfile(taught, { weights: 'a.gguf', adapter: 'b.gguf' })).toBe(
    'FROM ./a.gguf\nADAPTER ./b.gguf\nTEMPLATE """T\n"""\n',
  );
});

it('has for every model that talks the template that it was taught with', () => {
  const talking = [...modelRecipes.values()].filter(({ weights }) => weights === 'qwen-coder');
  expect(talking).toHaveLength(2);
  expect(new Set(talking.map(({ template }) => template)).size).toBe(1);
});
