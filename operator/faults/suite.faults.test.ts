import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from './context.ts';
import { startLab, type Lab } from './lab.ts';
import { callsRow } from './row-calls.ts';
import { crashRow } from './row-crash.ts';
import { driftRow } from './row-drift.ts';
import { guardsRow } from './row-guards.ts';
import { leaderRow } from './row-leader.ts';
import { readsRow } from './row-reads.ts';
import { specRow } from './row-spec.ts';
import { staleRow } from './row-stale.ts';
import { platformRow, watchLossRow } from './row-world.ts';
import { createDice, seeds } from './seed.ts';
import { createTally } from './tally.ts';

const ROWS = ['A1', 'A2', 'A3', 'A4', 'D1', 'D2', 'L1', 'P1', 'S1', 'S2', 'S3', 'S4', 'SEC', 'W1', 'X1', 'guard'];

describe.each(seeds)('the operator under faults, seed %i', (seed) => {
  let lab: Lab | undefined;
  const tally = createTally();
  const context: Context = {
    lab: () => {
      if (lab === undefined) throw new Error('the laboratory has not been set up');
      return lab;
    },
    tally,
    dice: (row) => createDice(seed ^ [...row].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7)),
    again: `to see it again: LUNA_FAULT_SEED=${String(seed)}`,
  };
  beforeAll(async () => {
    lab = await startLab();
  });
  afterAll(async () => {
    await lab?.stop();
    process.stdout.write(tally.table([seed]));
    tally.save([seed]);
  });

  crashRow(context);
  callsRow(context);
  readsRow(context);
  staleRow(context);
  specRow(context);
  driftRow(context);
  guardsRow(context);
  watchLossRow(context);
  leaderRow(context);
  platformRow(context);

  it('survived all that was tried, without one reckless deletion or a call beyond its rights', () => {
    expect([...new Set(tally.rows.map(({ id }) => id))].sort()).toEqual(ROWS);
    expect(tally.rows.filter(({ tried, survived }) => tried === 0 || survived !== tried)).toEqual([]);
    expect(context.lab().offences).toEqual([]);
  });
});
