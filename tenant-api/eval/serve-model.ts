import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ensureEvaluationModel, type EvaluationModel } from '../../hack/images/index.ts';

/** What Ollama is told of a model beside its file. */
interface Recipe {
  model: EvaluationModel;
  template?: string;
}

const chatMl = `{{ range .Messages }}<|im_start|>{{ .Role }}
{{ .Content }}<|im_end|>
{{ end }}<|im_start|>assistant
`;

const recipes: ReadonlyMap<string, Recipe> = new Map([
  ['embeddinggemma', { model: 'embedding-gemma' }],
  ['qwen2.5-coder:1.5b', { model: 'qwen-coder', template: chatMl }],
]);

/** Names in Ollama of the models that an evaluation brings along. */
export const broughtModels: readonly string[] = [...recipes.keys()];

async function accepted(answer: Response): Promise<void> {
  const said = await answer.text();
  if (!answer.ok) throw new Error(`the model server answered ${answer.status}: ${said.slice(0, 300)}`);
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return `sha256:${hash.digest('hex')}`;
}

/** Gives a model server one of the {@link broughtModels}, whole and under its name; any other name it must know already. */
export async function serveModel(ollamaUrl: string, name: string): Promise<void> {
  const recipe = recipes.get(name);
  if (!recipe) return;
  const path = await ensureEvaluationModel(recipe.model);
  const digest = await digestOf(path);
  const body = Readable.toWeb(createReadStream(path)) as ReadableStream;
  await accepted(
    await fetch(`${ollamaUrl}/api/blobs/${digest}`, { method: 'POST', body, duplex: 'half' } as RequestInit),
  );
  const model = { model: name, files: { 'model.gguf': digest }, template: recipe.template, stream: false };
  await accepted(await fetch(`${ollamaUrl}/api/create`, { method: 'POST', body: JSON.stringify(model) }));
}
