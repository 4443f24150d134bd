import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { qualityWord, type ReadingBatch } from '@luna-iems/series';
import { encodeReadings, READING_COLUMNS, type Database } from '@luna-iems/tenant-db';
import { from as copyFrom } from 'pg-copy-streams';

/** Rows as COPY reads them, ready on disk. */
export interface RowFile {
  readonly path: string;
  readonly format: 'text' | 'binary';
  readonly rows: number;
}

/** One COPY of a whole file, in one transaction: what there is to be reached. */
export async function copyFile(db: Database, { path, format }: RowFile): Promise<void> {
  const client = await db.pool.connect();
  try {
    const statement = `copy smart_meter_readings (${READING_COLUMNS}) from stdin (format ${format})`;
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), client.query(copyFrom(statement)));
  } finally {
    client.release();
  }
}

/** The rows as tab-separated text, as pg_dump and most loaders send them. */
export async function textFile(folder: string, batches: Iterable<ReadingBatch>): Promise<RowFile> {
  const path = join(folder, 'rows.txt');
  let rows = 0;
  const pieces = function* (): Generator<string> {
    for (const batch of batches) {
      rows += batch.length;
      yield textOf(batch);
    }
  };
  await pipeline(Readable.from(pieces()), createWriteStream(path));
  return { path, format: 'text', rows };
}

function textOf(batch: ReadingBatch): string {
  const value = (column: Float64Array, row: number): string => {
    const number = column[row] ?? Number.NaN;
    return Number.isNaN(number) ? '\\N' : String(number);
  };
  const lines: string[] = [];
  for (let row = 0; row < batch.length; row += 1) {
    const fields = [
      batch.meterIds[batch.meter[row] ?? 0] ?? '',
      new Date(batch.tsMs[row] ?? 0).toISOString(),
      value(batch.consumptionKw, row),
      value(batch.productionKw, row),
      value(batch.voltage, row),
      qualityWord(batch.quality[row] ?? 0),
      batch.source,
      String(batch.intervalS[row] ?? 0),
      value(batch.energyImportKwh, row),
      value(batch.energyExportKwh, row),
      '\\N',
    ];
    lines.push(`${fields.join('\t')}\n`);
  }
  return lines.join('');
}

const HEADER_BYTES = 19;
const TRAILER_BYTES = 2;

/** The rows in COPY's binary format, which the server reads faster. */
export async function binaryFile(folder: string, batches: Iterable<ReadingBatch>): Promise<RowFile> {
  const path = join(folder, 'rows.bin');
  let rows = 0;
  const pieces = function* (): Generator<Buffer> {
    for (const batch of batches) {
      const { bytes } = encodeReadings(batch, () => false);
      // One header for all, one trailer for all.
      if (rows === 0) yield bytes.subarray(0, HEADER_BYTES);
      rows += batch.length;
      yield bytes.subarray(HEADER_BYTES, bytes.length - TRAILER_BYTES);
    }
    yield Buffer.from([0xff, 0xff]);
  };
  await pipeline(Readable.from(pieces()), createWriteStream(path));
  return { path, format: 'binary', rows };
}
