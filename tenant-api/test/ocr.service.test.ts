import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

const fixture = (name: string): Promise<Buffer> => readFile(new URL(`fixtures/${name}`, import.meta.url));
const sample = (name: string): Promise<Buffer> => readFile(new URL(`../../docs/samples/${name}`, import.meta.url));

interface Scan {
  name: string;
  content: () => Promise<Buffer>;
  question: string;
  quote: string;
  page: number | undefined;
}

const retrofit = 'Wann wurde der Überspannungsschutz im Zählerschrank nachgerüstet?';
const scans: Scan[] = [
  {
    name: 'pruefprotokoll-scan.pdf',
    content: () => sample('pruefprotokoll-zaehlerwechsel-scan.pdf'),
    question: 'Welchen Zählerstand hatte der ausgebaute Zähler bei Ausbau?',
    quote: '87 412 kWh',
    page: 1,
  },
  {
    name: 'gemischt.pdf',
    content: async () =>
      makePdf([['1 Allgemeines', 'Dieses Blatt hat eine Textebene.'], [], await fixture('scan.jpg')]),
    question: retrofit,
    quote: 'Überspannungsschutz',
    page: 3,
  },
  { name: 'foto.png', content: () => fixture('scan.png'), question: retrofit, quote: 'Überspannungsschutz', page: 1 },
  { name: 'foto.jpg', content: () => fixture('scan.jpg'), question: retrofit, quote: 'Überspannungsschutz', page: 1 },
  {
    name: 'fax.tif',
    content: () => fixture('scan.tif'),
    question: 'Welche Nummer trägt die Plombe am Messwandler?',
    quote: '55301',
    page: 2,
  },
  {
    name: 'eingeklebt.docx',
    content: async () => makeDocx([], await fixture('scan.png')),
    question: retrofit,
    quote: 'Überspannungsschutz',
    page: undefined,
  },
];

describe.each(scans)('$name', ({ name, content, question, quote, page }) => {
  it('is read by its pictures, and what they say is quoted with its page', async () => {
    const { status, body } = await client.upload(name, await content());
    expect({ status, state: body['state'], warnings: body['warnings'] }).toEqual({
      status: 200,
      state: 'done',
      warnings: [],
    });
    const { refused, citations } = await client.ask(question, { filters: { source: name } });
    expect(refused).toBe(false);
    expect(citations[0]).toMatchObject({ source: name, quote: expect.stringContaining(quote) as string });
    expect(citations[0]?.page).toBe(page);
  });
});

it('a picture without a word in it has no text', async () => {
  const { status, body } = await client.upload('leer.png', await fixture('blank.png'));
  expect({ status, state: body['state'], code: (body['error'] as { code?: string }).code }).toEqual({
    status: 200,
    state: 'no_text',
    code: 'LUNA_DOCUMENT_NO_TEXT',
  });
});

it('a DOCX with text does not get the names of its pictures as headings', async () => {
  const docx = makeDocx(['# Lüftung', 'Der Taschenfilter wird halbjährlich gewechselt.'], await fixture('scan.png'));
  const { body } = await client.upload('lueftung.docx', docx);
  expect(body['state']).toBe('done');
  const { passages } = await client.ask('Wann wird der Taschenfilter gewechselt?', {
    filters: { source: 'lueftung.docx' },
  });
  expect(passages.map((passage) => passage.text).join(' ')).not.toContain('image1');
});
