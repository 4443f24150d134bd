import { afterEach } from 'vitest';
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
