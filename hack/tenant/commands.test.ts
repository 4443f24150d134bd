import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const folders: string[] = [];
const key = 'luna_test';

/** The API's side of a conversation: the faults that it answers with are the subject here. */
type Handler = (request: IncomingMessage, body: string, response: ServerResponse) => void;
let handler: Handler;
let server: Server;

beforeEach(async () => {
  server = createServer((request, response) => {
    void readText(request).then((body) => {
      if (request.url === '/health/live') json(response, 200, { status: 'ok' });
      else handler(request, body, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function luna(args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  const cli = join(import.meta.dirname, 'cli.ts');
  const environment = { PATH: process.env['PATH'] ?? '', LUNA_URL: url(), LUNA_API_KEY: key, ...env };
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], { env: environment }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

function json(response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

function samples(...names: readonly string[]): string {
  const dir = mkdtempSync(join(tmpdir(), 'luna-tenant-'));
  folders.push(dir);
  for (const name of names) writeFileSync(join(dir, name), `content of ${name}`);
  return dir;
}

const fileOf = (body: string): string => /name="file"; filename="([^"]+)"/.exec(body)?.[1] ?? '';

describe('seed', () => {
  it('uploads every document, comes back after a 429, follows a job that takes longer, and adds up', async () => {
    let refusals = 1;
    const seen: string[] = [];
    handler = (request, body, response) => {
      if (request.url === '/ingest/jobs/slow')
        return json(response, 200, { jobId: 'slow', state: 'done', itemId: 'i2', chunks: 5 });
      if (refusals-- > 0) return json(response, 429, { title: 'Too Many Requests' }, { 'retry-after': '0' });
      const file = fileOf(body);
      seen.push(`${file} ${body.includes(`content of ${file}`)} ${request.headers.authorization}`);
      if (file === 'b.txt') return json(response, 202, { jobId: 'slow', state: 'embedding' });
      return json(response, 200, { jobId: 'j', state: file === 'c.pdf' ? 'no_text' : 'done', itemId: 'i1', chunks: 3 });
    };
    const { code, stdout } = await luna(['seed', '--dir', samples('a.md', 'b.txt', 'c.pdf', 'ignored.json')]);
    expect(seen.sort()).toEqual(['a.md', 'b.txt', 'c.pdf'].map((file) => `${file} true Bearer ${key}`));
    expect(stdout).toMatch(/^FILE +ITEM +CHUNKS +SECONDS +STATE$/m);
    expect(stdout).toMatch(/^a\.md +i1 +3 +\d+\.\d +done$/m);
    expect(stdout).toMatch(/^b\.txt +i2 +5 +\d+\.\d +done$/m);
    expect(stdout).toMatch(/3 files in .*, 2 ingested, 0 already there, 1 without text, 0 failed, 11 chunks/);
    expect(code).toBe(0);
  });

  it('shows why a file was refused, goes on with the others, and fails in the end', async () => {
    handler = (_request, body, response) =>
      fileOf(body) === 'a.md'
        ? json(response, 422, { title: 'Unprocessable', detail: 'The file is encrypted.', code: 'LUNA_FILE_ENCRYPTED' })
        : json(response, 200, { jobId: 'j', state: 'done', itemId: 'i', chunks: 1 });
    const { code, stdout } = await luna(['seed', '--dir', samples('a.md', 'b.md')]);
    expect(stdout).toMatch(/^a\.md .* failed\n {2}The file is encrypted\. \(HTTP 422, LUNA_FILE_ENCRYPTED\)$/m);
    expect(stdout).toMatch(/^b\.md .* done$/m);
    expect(code).toBe(1);
  });
});

describe('seed without an API', () => {
  it('says so once', async () => {
    const { code, stderr } = await luna(['seed', '--dir', samples('a.md', 'b.md')], { LUNA_URL: 'http://127.0.0.1:9' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The tenant's API does not answer: .+\.\n$/);
  });
});

describe('seed with a wrong key', () => {
  it('stops at once and says it once', async () => {
    handler = (_request, _body, response) =>
      json(response, 401, { detail: 'This API key is not known.', code: 'LUNA_UNAUTHENTICATED' });
    const { code, stderr } = await luna(['seed', '--dir', samples('a.md', 'b.md', 'c.md')]);
    expect([code, stderr.trim()]).toEqual([1, 'This API key is not known. (HTTP 401, LUNA_UNAUTHENTICATED)']);
  });
});

const answer = {
  answer: '„1.8.0 ist der Bezug.“ [1]',
  mode: 'extractive',
  refused: false,
  citations: [
    {
      n: 1,
      itemId: 'i',
      chunkId: 'c',
      title: 'OBIS',
      source: 'obis.md',
      heading: '2 Kennzahlen',
      quote: '1.8.0 ist der Bezug.',
    },
  ],
};

describe('ask', () => {
  it('prints an answer that comes whole, then its sources', async () => {
    let asked: unknown;
    handler = (_request, body, response) => {
      asked = JSON.parse(body);
      json(response, 200, answer);
    };
    const { code, stdout } = await luna(['ask', 'Was ist "1.8.0"?']);
    expect(asked).toEqual({ question: 'Was ist "1.8.0"?' });
    expect(stdout).toContain('„1.8.0 ist der Bezug.“ [1]\n');
    expect(stdout).toContain('[1] OBIS — 2 Kennzahlen\n    (obis.md; item i, chunk c)');
    expect(code).toBe(0);
  });

  it('prints tokens of a stream once, and the checked answer where it differs', async () => {
    const stream = (final: string): string =>
      `event: sources\ndata: {"passages":[{"title":"OBIS"}]}\n\nevent: sources\ndata: {"mode":"generated","passages":[{"title":"OBIS"}]}\n\nevent: token\ndata: {"text":"Der "}\n\nevent: token\ndata: {"text":"Bezug [7]."}\n\nevent: done\ndata: ${JSON.stringify({ ...answer, mode: 'generated', answer: final })}\n\n`;
    handler = (_request, _body, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(stream('Der Bezug [7].'));
    };
    const same = await luna(['ask', 'x']);
    expect(same.stdout.match(/Der Bezug \[7\]\./g)).toHaveLength(1);
    expect(same.stdout).not.toContain('Checked answer');
    expect(same.stdout.match(/1 passage found, in "OBIS"; a model is at work …/g)).toHaveLength(1);
    handler = (_request, _body, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(stream('Der Bezug.'));
    };
    expect((await luna(['ask', 'x'])).stdout).toContain('Checked answer:\nDer Bezug.\n');
  });

  it('fails with a sentence when the stream ends early', async () => {
    handler = (_request, _body, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end('event: token\ndata: {"text":"a"}\n\n');
    };
    const { code, stderr } = await luna(['ask', 'x']);
    expect([code, stderr.trim()]).toEqual([1, 'The answer broke off before its end.']);
  });

  it('says so when the connection breaks in the middle', async () => {
    handler = (_request, _body, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('event: token\ndata: {"text":"a"}\n\n');
      setTimeout(() => response.destroy(), 50);
    };
    const { code, stderr } = await luna(['ask', 'x']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^\n?The answer broke off: .+\.\n$/);
  });

  it('wants a question', async () => {
    const { code, stderr } = await luna(['ask', ' ']);
    expect(code).toBe(2);
    expect(stderr).toContain('A question is missing');
  });
});

describe('testping', () => {
  const summary = (qdrant: object): object => ({
    components: {
      database: { ok: true, latencyMs: 1 },
      qdrant,
      tika: { ok: true, latencyMs: 2 },
      ollama: { ok: true, latencyMs: 3 },
    },
    counts: { items: 1 },
    simulation: {},
  });
  const serve =
    (qdrant: object): Handler =>
    (request, _body, response) => {
      if (request.headers.authorization !== `Bearer ${key}`)
        return json(response, 401, { detail: 'The key is not known.' });
      return json(response, 200, request.url === '/sim/status' ? {} : summary(qdrant));
    };

  it('is zero when all answer, and one when a part is down', async () => {
    handler = serve({ ok: true, latencyMs: 1 });
    const well = await luna(['testping']);
    expect(well.stdout).toMatch(/^qdrant +ok +1 ms/m);
    expect(well.code).toBe(0);
    handler = serve({ ok: false, error: 'connect ECONNREFUSED' });
    const ill = await luna(['testping']);
    expect(ill.stdout).toMatch(/^qdrant +failed +– +connect ECONNREFUSED$/m);
    expect(ill.stdout).toContain('Down: qdrant.');
    expect(ill.code).toBe(1);
  });

  it('tells a wrong key from a dead API', async () => {
    handler = serve({ ok: true });
    const { code, stdout } = await luna(['testping'], { LUNA_API_KEY: 'luna_wrong' });
    expect(stdout).toMatch(/^api +ok/m);
    expect(stdout).toMatch(/^database +failed +– +unknown: The key is not known\. \(HTTP 401\)$/m);
    expect(code).toBe(1);
  });

  it('shows every part as failed when nothing listens', async () => {
    const { code, stdout } = await luna(['testping'], { LUNA_URL: 'http://127.0.0.1:9' });
    expect(stdout).toMatch(/^api +failed/m);
    expect(stdout).toContain('Down: api, database, qdrant, tika, ollama, simulation.');
    expect(code).toBe(1);
  });
});

describe('a cluster that is not there', () => {
  const nowhere = { LUNA_URL: '', KUBECONFIG: '/nonexistent/config' };

  it.each([['status'], ['seed'], ['logs']])('%s says so in one sentence', async (command) => {
    const { code, stderr } = await luna([command], nowhere);
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toMatch(/\bat .*:\d+/);
  });
});
