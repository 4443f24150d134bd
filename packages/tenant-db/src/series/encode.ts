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
    const meter = at(batch.meter, row);
    if (skipped[meter] === true) continue;
    span.add(at(batch.tsMs, row));
    out.row();
    out.text(ids[meter] ?? NO_TEXT);
    out.instant(at(batch.tsMs, row));
    out.double(at(batch.consumptionKw, row));
    out.double(at(batch.productionKw, row));
    out.double(at(batch.voltage, row));
    out.text(QUALITY_FIELDS[at(batch.quality, row)] ?? NO_TEXT);
    out.text(source);
    out.int(at(batch.intervalS, row), true);
    out.double(at(batch.energyImportKwh, row));
    out.double(at(batch.energyExportKwh, row));
    out.instant(at(batch.receivedMs, row));
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
    const series = at(batch.series, row);
    if (skipped[series] === true) continue;
    span.add(at(batch.tsMs, row));
    out.row();
    out.text(markets[series] ?? NO_TEXT);
    out.text(products[series] ?? NO_TEXT);
    out.instant(at(batch.tsMs, row));
    out.double(at(batch.priceEurMwh, row));
    out.double(at(batch.volume, row));
    out.text(source);
    out.int(at(batch.resolutionS, row), true);
    out.instant(at(batch.publishedMs, row));
  }
  return { rows: span.rows, bytes: out.finish(), fromMs: span.fromMs, toMs: span.toMs };
}

const NO_TEXT = textField('');

/** Every place below a batch's length is filled; what lies outside is not known, and so would be NULL. */
function at(column: Float64Array | Uint32Array | Uint8Array, row: number): number {
  return column[row] ?? Number.NaN;
}

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
