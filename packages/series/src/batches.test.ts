import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fillPrices, pricesOf } from './prices.ts';
import { QUALITIES, qualityCode, qualityWord, type Quality } from './quality.ts';
import { fillReadings, readingsOf, type ReadingRow } from './readings.ts';

const value = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }));
const instant = fc.integer({ min: 0, max: 4e12 });

test('property: readings go into columns and come out as they were', () => {
  const reading = fc.record({
    meterId: fc.string(),
    tsMs: instant,
    consumptionKw: value,
    productionKw: value,
    voltage: value,
    quality: fc.constantFrom(...QUALITIES),
    intervalS: fc.option(fc.integer({ min: 1, max: 86_400 })),
    energyImportKwh: value,
    energyExportKwh: value,
    receivedMs: fc.option(instant),
  });
  fc.assert(fc.property(fc.array(reading), (rows) => void expect(readingsOf(fillReadings('x', rows))).toEqual(rows)));
});

test('property: so do prices', () => {
  const price = fc.record({
    market: fc.string(),
    product: fc.string(),
    tsMs: instant,
    priceEurMwh: value,
    volume: value,
    resolutionS: fc.constantFrom(900, 3600),
    publishedMs: fc.option(instant),
  });
  fc.assert(fc.property(fc.array(price), (rows) => void expect(pricesOf(fillPrices('x', rows))).toEqual(rows)));
});

test('a word that is not in the vocabulary is refused, and so is a code', () => {
  expect(QUALITIES.map((word) => qualityWord(qualityCode(word) ?? -1))).toEqual([...QUALITIES]);
  expect(qualityCode('fine')).toBeUndefined();
  expect(() => qualityWord(99)).toThrow(RangeError);
  const row = { meterId: 'm', tsMs: 0, quality: 'fine' as Quality } as ReadingRow;
  expect(() => fillReadings('x', [row])).toThrow('quality fine is not in the vocabulary');
});
