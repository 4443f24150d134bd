/**
 * Many rows of all kinds of meters and prices as one number.
 * Usage: node tenant-sim/src/testing/fingerprint.ts    prints it, so that another version of Node can be asked
 */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { pricesOf, readingsOf } from '@luna-iems/series';
import { createMarketSource, createMeterSource } from '../build.ts';
import { parseSimConfig } from '../sim-config.ts';

/**
 * What it must be, on every engine that the project runs on: no function whose last bit an engine may choose (Math.exp, Math.sin,
 * Math.pow …) is used in the generators. It changes only with a deliberate change of what is simulated: then every tenant's simulation
 * goes on with another character, which a release note must say.
 */
export const EXPECTED = '0c7f74bbc7dba1181f8e582960418cd43d82ff7c9a59826d194ea047438fcc73';

const CONFIG = `
start: 2026-03-28
meters:
  interval_s: 300
  faults: {duplicate_share: 0.02, late_share: 0.02, late_minutes: 30, clock_skew_s: 20}
  groups:
    - {prefix: home, count: 2}
    - {prefix: shop, count: 1, profile: business, annual_kwh: 20000}
    - {prefix: roof, count: 1, pv_kwp: 8, battery_kwh: 6, heat_pump_kw: 2, car_kw: 11}
market:
  series:
    - {market: DE-LU, product: DA-15, kind: day-ahead}
    - {market: DE-LU, product: DA-60, kind: day-ahead, resolution_s: 3600}
    - {market: DE-LU, product: ID-15, kind: intraday}`;

/** SHA-256 of the rows, in hexadecimal digits. */
export async function fingerprint(): Promise<string> {
  const config = parseSimConfig(CONFIG);
  const request = { stored: [], nowMs: Date.parse('2026-03-31T10:00:00Z'), batchRows: 1000 };
  const hash = createHash('sha256');
  for await (const batch of createMeterSource(config).read(request)) hash.update(JSON.stringify(readingsOf(batch)));
  for await (const batch of createMarketSource(config).read(request)) hash.update(JSON.stringify(pricesOf(batch)));
  return hash.digest('hex');
}

// `import.meta.main` is younger than the oldest Node that must say the number.
if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${await fingerprint()}\n`);
