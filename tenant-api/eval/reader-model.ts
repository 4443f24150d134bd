import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { ensureReaderModel } from '../../hack/images/index.ts';

/** The one instructed chat model with German that came with packages. */
export const readerModel = 'qwen2.5-coder:1.5b';

const template = `{{ range .Messages }}<|im_start|>{{ .Role }}
{{ .Content }}<|im_end|>
{{ end }}<|im_start|>assistant
`;

async function accepted(answer: Response): Promise<void> {
  const said = await answer.text();
  if (!answer.ok) throw new Error(`the model server answered ${answer.status}: ${said.slice(0, 300)}`);
}

/** Gives a model server the reader's model, whole and under its name. */
export async function serveReader(ollamaUrl: string): Promise<void> {
  const { path, sha256 } = await ensureReaderModel();
  const digest = `sha256:${sha256}`;
  const body = Readable.toWeb(createReadStream(path)) as ReadableStream;
  await accepted(
    await fetch(`${ollamaUrl}/api/blobs/${digest}`, { method: 'POST', body, duplex: 'half' } as RequestInit),
  );
  const model = { model: readerModel, files: { 'model.gguf': digest }, template, stream: false };
  await accepted(await fetch(`${ollamaUrl}/api/create`, { method: 'POST', body: JSON.stringify(model) }));
}
