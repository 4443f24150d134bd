export { QUALITIES, qualityCode, qualityWord, type Quality } from './quality.ts';
export { createReadingBatch, fillReadings, readingsOf, type ReadingBatch, type ReadingRow } from './readings.ts';
export {
  createPriceBatch,
  fillPrices,
  pricesOf,
  type PriceBatch,
  type PriceRow,
  type PriceSeriesId,
} from './prices.ts';
export type {
  PriceSource,
  ReadingSource,
  ReadRequest,
  Source,
  StoredCounters,
  StoredMeter,
  StoredPrices,
} from './source.ts';
