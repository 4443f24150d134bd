import { QUALITIES, type PriceBatch, type ReadingBatch } from '@luna-iems/series';
import { CopyBuffer, textField } from './copy-buffer.ts';

export const READING_COLUMNS =
  'meter_id, ts, consumption_kw, production_kw, voltage, quality, source, interval_s, energy_import_kwh, energy_export_kwh, received_at';
export const PRICE_COLUMNS = 'market, product, ts, price_eur_mwh, volume, source, resolution_s, published_at';

const QUALITY_FIELDS = QUALITIES.map(textField);
/** Row header, eight numbers or times of at most 12 bytes, and the longest quality. */
const FIXED_BYTES = 2 + 8 * 12 + 24;

export interface Encoded {
  readonly rows: number;
  readonly bytes: Buffer;
  /** Earliest and latest start of an interval, ms since the epoch; NaN when there are no rows. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** A batch for COPY, without the series for which `skip` says true. */
export function encodeReadings(batch: ReadingBatch, skip: (meterId: string) => boolean): Encoded {
  const ids = batch.meterIds.map(textField);
  const skipped = batch.meterIds.map(skip);
  const source = textField(batch.source);
  const out = new CopyBuffer(11, batch.length * (FIXED_BYTES + longest(ids) + source.length));
  const span = new Span();
  for (let row = 0; row < batch.length; row += 1) {
    const meter = batch.meter[row] ?? 0;
    if (skipped[meter] === true) continue;
    span.add(batch.tsMs[row] ?? Number.NaN);
    out.row();
    out.text(ids[meter] ?? NO_TEXT);
    out.instant(batch.tsMs[row] ?? Number.NaN);
    out.double(batch.consumptionKw[row] ?? Number.NaN);
    out.double(batch.productionKw[row] ?? Number.NaN);
    out.double(batch.voltage[row] ?? Number.NaN);
    out.text(QUALITY_FIELDS[batch.quality[row] ?? 0] ?? NO_TEXT);
    out.text(source);
    out.int(batch.intervalS[row] ?? 0, true);
    out.double(batch.energyImportKwh[row] ?? Number.NaN);
    out.double(batch.energyExportKwh[row] ?? Number.NaN);
    out.instant(batch.receivedMs[row] ?? Number.NaN);
  }
  return { rows: span.rows, bytes: out.finish(), fromMs: span.fromMs, toMs: span.toMs };
}

/** The same for prices; `skip` is asked `market/product`. */
export function encodePrices(batch: PriceBatch, skip: (name: string) => boolean): Encoded {
  const markets = batch.seriesIds.map(({ market }) => textField(market));
  const products = batch.seriesIds.map(({ product }) => textField(product));
  const skipped = batch.seriesIds.map(({ market, product }) => skip(`${market}/${product}`));
  const source = textField(batch.source);
  const out = new CopyBuffer(8, batch.length * (FIXED_BYTES + longest(markets) + longest(products) + source.length));
  const span = new Span();
  for (let row = 0; row < batch.length; row += 1) {
    const series = batch.series[row] ?? 0;
    if (skipped[series] === true) continue;
    span.add(batch.tsMs[row] ?? Number.NaN);
    out.row();
    out.text(markets[series] ?? NO_TEXT);
    out.text(products[series] ?? NO_TEXT);
    out.instant(batch.tsMs[row] ?? Number.NaN);
    out.double(batch.priceEurMwh[row] ?? Number.NaN);
    out.double(batch.volume[row] ?? Number.NaN);
    out.text(source);
    out.int(batch.resolutionS[row] ?? 0, true);
    out.instant(batch.publishedMs[row] ?? Number.NaN);
  }
  return { rows: span.rows, bytes: out.finish(), fromMs: span.fromMs, toMs: span.toMs };
}

const NO_TEXT = textField('');

function longest(fields: readonly Uint8Array[]): number {
  return fields.reduce((most, field) => Math.max(most, field.length), 0);
}

class Span {
  rows = 0;
  fromMs = Number.NaN;
  toMs = Number.NaN;

  add(ms: number): void {
    this.rows += 1;
    if (!(ms >= this.fromMs)) this.fromMs = ms;
    if (!(ms <= this.toMs)) this.toMs = ms;
  }
}
