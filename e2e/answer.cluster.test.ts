import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTenantApi, posting, query, type TenantApi } from './support/api.ts';
import { tenantCommand } from './support/commands.ts';
import { eventually, list } from './support/kubectl.ts';
import { patchSpec, ready } from './support/tenants.ts';

const question = 'Was bedeutet die OBIS-Kennzahl 1.8.0?';

interface Answer {
  readonly answer: string;
  readonly mode: string;
  readonly citations: readonly { n: number; itemId: string; chunkId: string; source: string; quote: string }[];
}

const setChat = (chat: { name: string } | null): string => patchSpec('demo', { models: { chat } });

/** Ready, and no pod of the former API left that a port-forward could still choose. */
async function settled(): Promise<void> {
  await ready('demo');
  await eventually('one generation of API pods', 120_000, () =>
    list('pods', 'luna-demo', 'app.kubernetes.io/name=tenant-api').length === 1 ? true : undefined,
  );
}

describe('from documents to a grounded answer', () => {
  let api: TenantApi;
  beforeAll(async () => {
    await ready('demo');
    const seeded = tenantCommand('demo', ['seed'], 900_000);
    expect(seeded.code, seeded.output).toBe(0);
    for (const file of readdirSync('docs/samples')) expect(seeded.output).toContain(file);
    api = await openTenantApi('demo');
  });
  afterAll(() => api.close());

  it('make ask prints the sentence that says it, quoted, with the sample and the place', () => {
    const outcome = tenantCommand('demo', ['ask', question]);
    expect(outcome.code, outcome.output).toBe(0);
    expect(outcome.output).toMatch(/1\.8\.0[^\n]*/);
    expect(outcome.output).toMatch(/\[1\] .*OBIS/);
    expect(outcome.output).toContain('obis-kennzahlen-und-zaehlerstaende.md');
  });

  it('every quote of an answer is in the chunk that its citation names', async () => {
    const answer = await api.json<Answer>('/rag/ask', posting({ question }));
    expect(answer.mode).toBe('extractive');
    expect(answer.citations.length).toBeGreaterThan(0);
    for (const citation of answer.citations) {
      const text = query(
        'demo',
        `select encode(convert_to(text, 'UTF8'), 'base64') from item_chunks where chunk_id = '${citation.chunkId}'`,
      );
      expect(Buffer.from(text, 'base64').toString('utf8')).toContain(citation.quote);
    }
  });

  it('asking twice and seeding twice makes nothing twice', () => {
    const before = query('demo', 'select count(*), count(distinct sha256) from items');
    expect(tenantCommand('demo', ['seed'], 900_000).code).toBe(0);
    expect(query('demo', 'select count(*), count(distinct sha256) from items')).toBe(before);
  });

  it('the summary counts what the database and Qdrant hold', async () => {
    const summary = await api.json<{ counts: Record<string, number> }>('/status/summary');
    expect(String(summary.counts['items'])).toBe(query('demo', 'select count(*) from items'));
    expect(String(summary.counts['chunks'])).toBe(query('demo', 'select count(*) from item_chunks'));
    expect(summary.counts['points']).toBe(summary.counts['chunks']);
  });

  it('with a chat model the same question goes through Ollama, and tokens stream back', async () => {
    await api.close();
    try {
      setChat({ name: 'luna-babble' });
      await settled();
      api = await openTenantApi('demo');
      const answer = await api.json<Answer>('/rag/ask', posting({ question }));
      expect(answer.mode).toBe('generated');
      const init = posting({ question });
      const stream = await api.send('/rag/ask', {
        ...init,
        headers: { ...(init.headers as object), accept: 'text/event-stream' },
      });
      const events = [...(await stream.text()).matchAll(/^event: (\w+)$/gm)].map((match) => match[1]);
      expect(events[0]).toBe('sources');
      expect(events.filter((event) => event === 'token').length).toBeGreaterThan(0);
      expect(events.at(-1)).toBe('done');
    } finally {
      setChat(null);
      await settled();
      api = await openTenantApi('demo');
    }
  });
});
