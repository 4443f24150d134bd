import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ensureLargeModel, modelRecipes, type ModelRecipe } from '../../hack/images/index.ts';

/** Names in Ollama of the models that an evaluation brings along. */
export const broughtModels: readonly string[] = Object.keys(modelRecipes);

const recipes: Readonly<Record<string, ModelRecipe>> = modelRecipes;

async function accepted(answer: Response): Promise<void> {
  const said = await answer.text();
  if (!answer.ok) throw new Error(`the model server answered ${answer.status}: ${said.slice(0, 300)}`);
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return `sha256:${hash.digest('hex')}`;
}

/** Gives the server a file, and says what the server calls it. */
async function blob(ollamaUrl: string, path: string): Promise<Record<string, string>> {
  const digest = await digestOf(path);
  const body = Readable.toWeb(createReadStream(path)) as ReadableStream;
  await accepted(
    await fetch(`${ollamaUrl}/api/blobs/${digest}`, { method: 'POST', body, duplex: 'half' } as RequestInit),
  );
  return { [basename(path)]: digest };
}

/** Gives a model server one of the {@link broughtModels}, whole and under its name; any other name it must know already. */
export async function serveModel(ollamaUrl: string, name: string): Promise<void> {
  const recipe = recipes[name];
  if (!recipe) return;
  const { weights, template, adapter } = recipe;
  const files = await blob(ollamaUrl, await ensureLargeModel(weights));
  const adapters = adapter && (await blob(ollamaUrl, adapter));
  const body = JSON.stringify({ model: name, files, adapters, template, stream: false });
  await accepted(await fetch(`${ollamaUrl}/api/create`, { method: 'POST', body }));
}
