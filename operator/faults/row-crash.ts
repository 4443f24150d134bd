import { afterAll, describe, expect, it } from 'vitest';
import type { Platform } from '../src/platform.ts';
import { brief, crew, type Context } from './context.ts';
import { isExhaustive } from './seed.ts';
import { life, type Step } from './steps.ts';
import { recordReference, sweep, type Injection } from './sweep.ts';

/** Crash points of one step that are tried unless all are asked for. */
const BOUND = 16;

/** S1: the operator dies after write k, for every k (or a seeded choice) of every step of a tenant's life. */
export function crashRow({ lab, tally, dice, again }: Context): void {
  describe('S1: a crash after every write', () => {
    const roll = dice('S1');
    const size = isExhaustive ? 64 : BOUND;
    const [reference = '', ...others] = crew('crash', size + 1);
    let platform: Partial<Platform> = {};
    let before: Step | undefined;
    afterAll(() => lab().wipe());

    it.each(life.map((step) => [step.name, step] as const))('%s', async (name, step) => {
      platform = step.platform?.(lab().platform) ?? platform;
      const told = await recordReference(lab(), { step, platform }, reference);
      expect(told.unasked, `writes of a second pass after ${before?.name ?? 'the start'}; ${again}`).toEqual([]);
      before = step;
      const points = roll.sample(told.writes, others.length);
      // Every tenant takes the step, also those for which no crash point is left: the next step begins where this one ends.
      const injections = others.map((tenant, index): Injection => {
        const at = points[index % points.length] ?? '';
        return { tenant, at, fault: { kind: 'crash-after' }, label: `${name}: crash after` };
      });
      const outcome = await sweep(lab(), { step, platform }, { reference: told, injections, restart: true });
      expect(brief(outcome.failures), again).toEqual([]);
      const row = tally.row('S1', `crash after a write: ${name}`);
      row.tried += outcome.tried;
      row.survived += outcome.tried;
      row.notes.push(`${String(Math.min(points.length, others.length))} of ${String(told.writes.length)} writes`);
      expect(outcome.tried, `crashes that came to pass; ${again}`).toBeGreaterThan(0);
    });
  });
}
