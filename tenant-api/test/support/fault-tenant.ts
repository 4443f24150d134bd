import { sql } from '@luna-iems/tenant-db';
import type { TestClient } from './client.ts';
import { makePdf } from './pdf.ts';
import { eventually, type TestTenant } from './tenant.ts';
import { liveChunkIds, pointIds, worldOf } from './world.ts';

export interface Document {
  name: string;
  content: Buffer | string;
}

const sentences = (name: string, count: number): string[] =>
  Array.from(
    { length: count },
    (_, n) => `Die Station ${n} der Reihe ${name} steht am Ort ${n * 13} und wird gewartet.`,
  );

/** One of each kind: long to embed, short to embed, and read by Tika from a text layer and from a picture. */
export function documentsOf(round: number, scan: Buffer): Document[] {
  const name = `r${String(round).padStart(3, '0')}`;
  const html = (text: string): string => `<!doctype html><html><body><h1>Akte</h1><p>${text}</p></body></html>`;
  return [
    { name: `${name}-lang.txt`, content: sentences(name, 120).join('\n\n') },
    { name: `${name}-kurz.html`, content: html(sentences(name, 8).join('</p><p>')) },
    { name: `${name}-scan.pdf`, content: makePdf([sentences(name, 12), scan]) },
  ];
}

/** Uploads and waits for nothing; answers the jobs that were acknowledged. */
export async function uploadAll(client: TestClient, documents: readonly Document[]): Promise<string[]> {
  const replies = await Promise.all(documents.map(({ name, content }) => client.upload(name, content, {}, 0)));
  const refused = replies.filter((reply) => reply.status !== 202);
  if (refused.length > 0)
    throw new Error(`uploads were refused: ${JSON.stringify(refused.map((reply) => reply.body))}`);
  return replies.map((reply) => String(reply.body['jobId']));
}

/** Waits until no job is open. */
export async function allFinished(tenant: TestTenant): Promise<void> {
  await eventually(async () => {
    const open = await tenant.db
      .query<{ n: number }>(sql`select count(*) as n from ingest_jobs where finished_at is null`)
      .catch(() => [{ n: -1 }]);
    return open[0]?.n === 0;
  });
}

/** Everything that must hold of the world after faults; empty when it does. */
export async function wrongWith(tenant: TestTenant): Promise<Record<string, unknown>> {
  const jobs = await tenant.db.query<{ source: string; state: string; error: string | null }>(
    sql`select source, state, error from ingest_jobs where state <> 'done'`,
  );
  const [sums] = await tenant.db.query<Record<string, number>>(sql`select
    (select count(distinct source) from ingest_jobs) - (select count(*) from items) as items,
    (select count(*) from items where version <> 1) as versions,
    (select count(*) from (select item_id from item_chunks group by item_id having max(chunk_idx) + 1 <> count(*)) gaps) as gaps,
    (select count(*) from ingest_file_parts where item_id is null) as bytes_of_nobody,
    (select count(*) from item_versions v where v.bytes is distinct from
      (select sum(octet_length(content)) from ingest_file_parts p where p.item_id = v.item_id and p.version = v.version)) as files,
    (select count(*) from item_chunks c join items i using (item_id) where c.version <> i.version) as dead_chunks`);
  const [points, chunks] = [await pointIds(tenant), await liveChunkIds(tenant)];
  const known = new Set(chunks);
  const stored = new Set(points);
  const { staged } = await worldOf(tenant);
  const found: Record<string, unknown> = {
    jobs,
    ...sums,
    staged,
    missingPoints: chunks.filter((id) => !stored.has(id)),
    orphanPoints: points.filter((id) => !known.has(id)),
    twice: points.length - stored.size,
  };
  return Object.fromEntries(
    Object.entries(found).filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value !== 0)),
  );
}

/** The chunks of all documents by their kind, without what tells the rounds apart: each kind must have been cut the same way every time. */
export async function cutsByKind(tenant: TestTenant): Promise<Map<string, Set<string>>> {
  const rows = await tenant.db.query<{ source: string; texts: string[] }>(
    sql`select i.source, array_agg(c.text order by c.chunk_idx) as texts from item_chunks c join items i using (item_id) group by i.source`,
  );
  const kinds = new Map<string, Set<string>>();
  for (const { source, texts } of rows) {
    const kind = source.replace(/^r\d+-/u, '');
    const cut = texts.join('\u0000').replaceAll(/\br\d{3}\b/gu, 'r');
    kinds.set(kind, (kinds.get(kind) ?? new Set()).add(cut));
  }
  return kinds;
}
