import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Platform } from '../src/platform.ts';
import { crew, pass, type Context } from './context.ts';
import { bySize } from './seed.ts';
import { life, type Step } from './steps.ts';
import { recordReference, sweep, type Injection } from './sweep.ts';

/** Tenants, and so crash points, of each step. No step has more writes than the last of these. */
const CREW = bySize({ quick: 4, full: 16, all: 72 });

/** S1: the operator dies after write k, for every k (or a seeded choice) of every step of a tenant's life. */
export function crashRow(context: Context): void {
  const { lab, dice, again } = context;
  describe('S1: a crash after every write', () => {
    const roll = dice('S1');
    const [reference = '', ...others] = crew('crash', CREW + 1);
    let platform: Partial<Platform> = {};
    let before: Step | undefined;
    afterEach(() => lab().killAll());
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
        return { tenant, at, fault: { kind: 'crash-after' }, label: 'crash after' };
      });
      const outcome = await sweep(lab(), { step, platform }, { reference: told, injections, restart: true });
      pass(context, {
        id: 'S1',
        what: `crash after a write: ${name}`,
        tried: outcome.tried,
        failures: outcome.failures,
        note: `${String(points.length)} of ${String(told.writes.length)} writes`,
      });
      expect(outcome.tried, `crashes that came to pass; ${again}`).toBeGreaterThan(0);
    });
  });
}
