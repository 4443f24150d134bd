import { afterEach, expect, test } from 'vitest';
import { sql } from '../sql.ts';
import { freshDatabase, type FreshDatabase } from '../testing/fresh-database.ts';
import { rollupCases } from '../testing/rollup-cases.ts';

const open: FreshDatabase[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

rollupCases(async () => {
  const fresh = await freshDatabase();
  open.push(fresh);
  const { db } = fresh;
  return {
    ...db,
    script: (text) => db.session((session) => session.script(text)),
    copyIn: (statement, bytes) => db.session((session) => session.copyIn(statement, bytes)),
  };
});

test('a question about one meter looks for its readings, at every level, instead of folding those of all', async () => {
  const fresh = await freshDatabase();
  open.push(fresh);
  await fresh.db.execute(sql`insert into smart_meter_readings (meter_id, ts, consumption_kw, interval_s)
    values ('m', '2026-06-01T00:00:00Z', 1, 900)`);
  for (const level of [sql`readings_1min`, sql`readings_15min`, sql`readings_1h`, sql`readings_1d`]) {
    const lines = await fresh.db.query<{ 'QUERY PLAN': string }>(
      sql`explain (costs off) select * from ${level} where meter_id = 'm'`,
    );
    const plan = lines.map((line) => line['QUERY PLAN']);
    expect(plan.filter((line) => line.includes('Function Scan'))).toEqual([]);
    const aboutRows = plan.filter((line) => /Scan.* on _hyper_\d+_\d+_chunk/.test(line));
    expect(aboutRows.length).toBeGreaterThan(0);
    expect(plan.join('\n')).toContain("(meter_id = 'm'::text)");
  }
});
