import { afterAll, beforeAll, beforeEach } from 'vitest';
import { liteDatabase, type LiteDatabase } from '../testing/lite-database.ts';
import { rollupCases } from '../testing/rollup-cases.ts';

let lite: { readonly db: LiteDatabase; close(): Promise<void> };

beforeAll(async () => {
  lite = await liteDatabase();
}, 120_000);
afterAll(() => lite.close());

// One database for all: making one takes seconds. Its roll-ups must be emptied too, which a refresh over no rows does.
beforeEach(async () => {
  await lite.db.script('truncate smart_meter_readings, market_prices, live_series');
  for (const level of ['1min', '15min', '1h', '1d']) {
    await lite.db.script(`call refresh_continuous_aggregate('readings_${level}_rollup', null, null)`);
  }
});

rollupCases(() => Promise.resolve(lite.db));
