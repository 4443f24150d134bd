import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from './context.ts';
import { startLab, type Lab } from './lab.ts';
import { createDice, seeds, size } from './seed.ts';
import { createTally, saveReport, tableOf } from './tally.ts';

/** A part of the suite: a file of its own, with a laboratory of its own. */
export interface Part {
  readonly name: string;
  /** Ids of all rows that it must have counted in the end. */
  readonly ids: readonly string[];
  readonly rows: readonly ((context: Context) => void)[];
}

/** Runs a part for every seed, and prints what it counted. */
export function describePart({ name, ids, rows }: Part): void {
  describe.each(seeds)(`the operator under faults: ${name}, seed %i`, (seed) => {
    let lab: Lab | undefined;
    const tally = createTally();
    const context: Context = {
      lab: () => {
        if (lab === undefined) throw new Error('the laboratory has not been set up');
        return lab;
      },
      tally,
      dice: (row) => createDice(seed ^ [...row].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7)),
      again: `to see it again: LUNA_FAULT_SEED=${String(seed)} LUNA_FAULT_SIZE=${size}`,
    };
    beforeAll(async () => {
      lab = await startLab();
    });
    afterAll(async () => {
      await lab?.stop();
      process.stdout.write(tableOf(tally.rows, [seed], size));
      if (tally.rows.length > 0) saveReport({ part: name, seed, size, rows: tally.rows });
    });

    for (const row of rows) row(context);

    it('survived all that was tried, without one reckless deletion or a call beyond its rights', () => {
      expect([...new Set(tally.rows.map(({ id }) => id))].sort()).toEqual([...ids].sort());
      expect(tally.rows.filter(({ tried, survived }) => tried === 0 || survived !== tried)).toEqual([]);
      expect(context.lab().offences).toEqual([]);
    });
  });
}
