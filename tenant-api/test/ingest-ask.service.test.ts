import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '@luna-iems/tenant-db';
import { createTestClient, type TestClient } from './support/client.ts';
import { makeDocx } from './support/docx.ts';
import { makePdf } from './support/pdf.ts';
import { createTestTenant, type TestTenant } from './support/tenant.ts';

let tenant: TestTenant;
let client: TestClient;

beforeAll(async () => {
  tenant = await createTestTenant();
  const api = await tenant.start();
  await api.until(200);
  client = createTestClient(api.url, tenant.keys.admin);
});

afterAll(() => tenant.stop());

interface World {
  items: number;
  chunks: number;
  versions: number[];
  points: number;
}

/** What the database and the vector store hold of a source. */
async function worldOf(source: string): Promise<World> {
  const [items] = await tenant.db.query<{ n: number }>(sql`select count(*) as n from items where source = ${source}`);
  const chunks = await tenant.db.query<{ version: number }>(
    sql`select c.version from item_chunks c join items i using (item_id) where i.source = ${source}`,
  );
  const { count: points } = await tenant.qdrant.count('chunks', {
    exact: true,
    filter: { must: [{ key: 'source', match: { value: source } }] },
  });
  return {
    items: items?.n ?? 0,
    chunks: chunks.length,
    versions: [...new Set(chunks.map((chunk) => chunk.version))],
    points,
  };
}

async function chunkText(chunkId: string): Promise<string> {
  const [row] = await tenant.db.query<{ text: string }>(sql`select text from item_chunks where chunk_id = ${chunkId}`);
  return row?.text ?? '';
}

const formats: {
  name: string;
  content: Uint8Array | string;
  question: string;
  quote: string;
  place: Record<string, unknown>;
}[] = [
  {
    name: 'zaehler.txt',
    content:
      '1 ZÄHLER\n\nDie OBIS-Kennzahl 1.8.0 bedeutet den Gesamtbezug aus dem Netz.\n\nDie OBIS-Kennzahl 2.8.0 bedeutet die gesamte Einspeisung.\n',
    question: 'Was bedeutet die OBIS-Kennzahl 1.8.0?',
    quote: 'Die OBIS-Kennzahl 1.8.0 bedeutet den Gesamtbezug aus dem Netz.',
    place: { heading: '1 ZÄHLER' },
  },
  {
    name: 'notstrom.md',
    content:
      '# Notstrom\n\n## Probelauf\n\nDer Probelauf des Notstromaggregats dauert **45 Minuten**.\n\n## Tank\n\nDer Tank fasst 900 Liter.\n',
    question: 'Wie lange dauert der Probelauf des Notstromaggregats?',
    quote: 'Der Probelauf des Notstromaggregats dauert 45 Minuten.',
    place: { heading: 'Notstrom › Probelauf' },
  },
  {
    name: 'ladepark.html',
    content:
      '<!doctype html><html><head><title>Ladepark</title></head><body><h1>Ladepark Süd</h1><p>Der Ladepark besitzt zwölf Schnellladepunkte.</p><p>Er liegt an der Autobahn.</p></body></html>',
    question: 'Wie viele Schnellladepunkte besitzt der Ladepark?',
    quote: 'Der Ladepark besitzt zwölf Schnellladepunkte.',
    place: { heading: 'Ladepark Süd' },
  },
  {
    name: 'trafo.pdf',
    content: makePdf([
      ['1 Allgemeines', 'Diese Anleitung gilt für die Station am Hafen.'],
      ['2 Ölstand', 'Der Ölstand des Transformators wird jedes Quartal geprüft.'],
    ]),
    question: 'Wann wird der Ölstand des Transformators geprüft?',
    quote: 'Der Ölstand des Transformators wird jedes Quartal geprüft.',
    place: { page: 2 },
  },
  {
    name: 'wartung.docx',
    content: makeDocx([
      '# Wartungsplan Lüftung',
      'Die Fristen stehen in der Tabelle.',
      [
        ['Bauteil', 'Frist'],
        ['Taschenfilter', 'alle 6 Monate'],
        ['Keilriemen', 'alle 24 Monate'],
      ],
    ]),
    question: 'Welche Frist hat der Taschenfilter?',
    quote: 'Taschenfilter | alle 6 Monate',
    place: { heading: 'Wartungsplan Lüftung' },
  },
];

describe.each(formats)('$name', ({ name, content, question, quote, place }) => {
  it('is ingested, and a question about it is answered with the sentence, its citation and its place', async () => {
    const { status, body } = await client.upload(name, content, { tags: 'handbuch, test' });
    expect({ status, state: body['state'] }).toEqual({ status: 200, state: 'done' });

    const answer = await client.ask(question);
    expect(answer).toMatchObject({ mode: 'extractive', refused: false, language: 'de' });
    expect(answer.answer).toContain(`„${quote}“ [1]`);
    const [citation] = answer.citations;
    expect(citation).toMatchObject({ n: 1, itemId: body['itemId'], source: name, quote, ...place });
    expect(await chunkText(citation?.chunkId ?? '')).toContain(quote);
    expect(answer.passages[0]?.chunkId).toBe(citation?.chunkId);
  });
});

describe('what is asked', () => {
  it('is refused in its own language when the documents say nothing about it', async () => {
    expect(await client.ask('Wann wurde Goethe geboren?')).toMatchObject({
      refused: true,
      evidence: 'none',
      citations: [],
      answer: 'Dazu steht nichts in Ihren Dokumenten.',
    });
    expect(await client.ask('When was Goethe born?')).toMatchObject({
      refused: true,
      answer: 'Your documents say nothing about this.',
    });
  });

  it('is answered with a word of doubt when the documents are about it and may not answer it', async () => {
    const { answer, refused, evidence, citations } = await client.ask(
      'Welche Farbe hat das Gehäuse des Notstromaggregats?',
    );
    expect({ refused, evidence }).toEqual({ refused: false, evidence: 'doubtful' });
    expect(answer).toMatch(/^Ob Ihre Dokumente das beantworten, ist nicht sicher\. Am nächsten kommt:\n„.*“ \[1\]/u);
    expect(citations[0]?.source).toBe('notstrom.md');
  });

  it('is refused when only a similar identifier is known', async () => {
    expect(await client.ask('Was bedeutet die OBIS-Kennzahl 9.9.9?')).toMatchObject({ refused: true });
  });

  it('is answered from the filtered documents only', async () => {
    const { citations } = await client.ask('Was bedeutet die OBIS-Kennzahl 1.8.0?', {
      filters: { source: 'zaehler.txt' },
    });
    expect(citations.map((citation) => citation.source)).toEqual(['zaehler.txt']);
    expect(
      await client.ask('Was bedeutet die OBIS-Kennzahl 1.8.0?', { filters: { tags: ['nirgends'] } }),
    ).toMatchObject({ refused: true });
  });

  it('comes as events, the sources first', async () => {
    const { type, body } = await client.request<string>('POST', '/rag/ask', {
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ question: 'Was bedeutet die OBIS-Kennzahl 1.8.0?' }),
    });
    expect(type).toContain('text/event-stream');
    expect([...body.matchAll(/^event: (\w+)$/gmu)].map((match) => match[1])).toEqual(['sources', 'token', 'done']);
  });
});

describe('the same source again', () => {
  const first = 'Die Vertragslaufzeit beträgt 24 Monate.';
  const second = 'Die Vertragslaufzeit beträgt 36 Monate.';

  it('with the same bytes is the same item and embeds nothing', async () => {
    const made = await client.upload('vertrag.txt', first);
    const before = await worldOf('vertrag.txt');
    const again = await client.upload('vertrag.txt', first);
    expect(again.body).toMatchObject({ state: 'duplicate', itemId: made.body['itemId'] });
    expect(await worldOf('vertrag.txt')).toEqual(before);
    expect(before).toMatchObject({ items: 1, chunks: 1, points: 1 });
  });

  it('with the same bytes ten times at once is one item', async () => {
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => client.upload('zugleich.txt', 'Zehn Uhr ist Ablesezeit.')),
    );
    expect(new Set(replies.map((reply) => reply.body['itemId'])).size).toBe(1);
    expect(replies.filter((reply) => reply.body['state'] === 'done')).toHaveLength(1);
    expect(await worldOf('zugleich.txt')).toMatchObject({ items: 1, chunks: 1, points: 1 });
  });

  it('with new bytes replaces the old version whole', async () => {
    const { body } = await client.upload('vertrag.txt', second);
    expect(body).toMatchObject({ state: 'done', version: 2 });
    const answer = await client.ask('Wie lange ist die Vertragslaufzeit?');
    expect(answer.answer).toContain(second);
    expect(answer.answer).not.toContain(first);
    expect(await worldOf('vertrag.txt')).toEqual({ items: 1, chunks: 1, versions: [2], points: 1 });
  });

  it('from another source is another item', async () => {
    const { body } = await client.upload('kopie.txt', second);
    expect(body).toMatchObject({ state: 'done', version: 1 });
    expect(await worldOf('vertrag.txt')).toMatchObject({ items: 1 });
  });
});

describe('items', () => {
  it('are listed page by page, each once', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await client.request<{ items: { itemId: string }[]; nextCursor: string | null }>(
        'GET',
        `/items?limit=2${cursor}`,
      );
      seen.push(...body.items.map((item) => item.itemId));
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    const [count] = await tenant.db.query<{ n: number }>(sql`select count(*) as n from items`);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(count?.n ?? -1);
  });

  it('leave nothing behind when they are deleted', async () => {
    const { body } = await client.upload('weg.txt', 'Das Passwort der Anlage lautet Klabautermann.');
    const { status, body: deleted } = await client.request('DELETE', `/items/${String(body['itemId'])}`);
    expect({ status, left: deleted['pointsLeft'], removed: deleted['chunksRemoved'] }).toEqual({
      status: 200,
      left: 0,
      removed: 1,
    });
    expect(await worldOf('weg.txt')).toEqual({ items: 0, chunks: 0, versions: [], points: 0 });
    expect(await client.ask('Wie lautet das Passwort der Anlage Klabautermann?')).toMatchObject({ refused: true });
    expect((await client.request('GET', `/items/${String(body['itemId'])}`)).status).toBe(404);
    expect((await client.request('DELETE', `/items/${String(body['itemId'])}`)).status).toBe(404);
  });

  it('keep the bytes of their live version, and no others are kept', async () => {
    const [parts] = await tenant.db.query<{ kept: number; items: number; others: number }>(sql`select
      (select count(distinct item_id) from ingest_file_parts) as kept, (select count(*) from items) as items,
      (select count(*) from ingest_file_parts where item_id is null) as others`);
    expect(parts).toEqual({ kept: parts?.items, items: parts?.items, others: 0 });
  });

  it.each([
    ['tag=handbuch', 5],
    ['tag=handbuch&tag=test', 5],
    ['tag=handbuch&tag=nirgends', 0],
    ['source=trafo.pdf', 1],
    ['language=de&tag=test', 5],
    ['language=en', 0],
  ])('are found by %s', async (query, expected) => {
    const { status, body } = await client.request<{ items: unknown[] }>('GET', `/items?${query}`);
    expect({ status, found: body.items.length }).toEqual({ status: 200, found: expected });
  });
});

describe('events', () => {
  const event = { ts: '2026-11-20T10:00:00Z', type: 'view', meta: { rank: 1 } };
  const send = (events: unknown[]): ReturnType<TestClient['request']> =>
    client.request('POST', '/ingest/telemetry', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events }),
    });

  it('count once however often they are sent', async () => {
    expect((await send([event, event, { ...event, type: 'click' }])).body).toEqual({ accepted: 3, stored: 2 });
    expect((await send([event])).body).toEqual({ accepted: 1, stored: 0 });
    const [count] = await tenant.db.query<{ n: number }>(sql`select count(*) as n from events`);
    expect(count?.n).toBe(2);
  });

  it('are refused as a whole when one is wrong', async () => {
    expect((await send([event, { ...event, ts: 'gestern' }])).status).toBe(400);
    expect((await send([{ ...event, ts: '2999-01-01T00:00:00Z' }])).status).toBe(400);
  });
});

describe('the status', () => {
  it('counts what is there', async () => {
    const { body } = await client.request<{
      ready: boolean;
      counts: Record<string, number>;
      components: Record<string, { ok: boolean }>;
      embedding: Record<string, unknown>;
    }>('GET', '/status/summary');
    const [rows] = await tenant.db.query<Record<string, number>>(sql`select
      (select count(*) from items) as items, (select count(*) from item_chunks) as chunks, (select count(*) from events) as events,
      (select count(*) from smart_meter_readings) as smart_meter_readings, (select count(*) from market_prices) as market_prices,
      (select count(*) from users) as users`);
    expect(body.counts).toEqual({ ...rows, points: rows?.['chunks'], openJobs: 0 });
    expect(body.ready).toBe(true);
    expect(Object.values(body.components).every((part) => part.ok)).toBe(true);
    // The umlaut trap: this Ollama fails without folding.
    expect(body.embedding).toMatchObject({ selfTest: 'passed', normalisation: 'fold-diacritics', dimensions: 384 });
    expect(Object.keys(body.embedding['failures'] as object)).toEqual(['none']);
  });

  it('is measured', async () => {
    const { body } = await client.request<string>('GET', '/metrics');
    expect(body).toMatch(/luna_ingest_jobs_total\{[^}]*outcome="done"[^}]*\} \d+/u);
    expect(body).toMatch(/luna_part_up\{[^}]*part="qdrant"[^}]*\} 1/u);
    expect(body).toMatch(/luna_http_request_duration_seconds_count\{[^}]*route="\/rag\/ask"/u);
  });
});
