import { expect, it } from 'vitest';
import { modelfile, modelRecipes } from './model-recipes.ts';

it('writes a recipe as the model server reads it', () => {
  expect(modelfile({ weights: 'embedding-gemma' }, '/a.gguf')).toBe('FROM /a.gguf\n');
  const taught = { weights: 'qwen-coder', template: 'T\n', adapter: '/b.gguf' } as const;
  expect(modelfile(taught, '/a.gguf')).toBe('FROM /a.gguf\nADAPTER /b.gguf\nTEMPLATE """T\n"""\n');
});

it('has for every model that talks the template that it was taught with', () => {
  const talking = [modelRecipes['qwen2.5-coder:1.5b'], modelRecipes['luna-reader']];
  expect(new Set(talking.map(({ template }) => template)).size).toBe(1);
});
