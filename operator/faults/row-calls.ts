import { KubeError, type Fault } from '@luna-iems/kube-runtime';
import { afterAll, describe, expect, it } from 'vitest';
import { brief, crew, type Context } from './context.ts';
import { isExhaustive } from './seed.ts';
import { create, grow, retain, shrink } from './steps.ts';
import { recordReference, sweep, type Injection } from './sweep.ts';

const refuse = (code: KubeError['code'], status?: number): Fault => ({
  kind: 'refuse',
  error: new KubeError(`injected: ${code}`, { code, status, ...(status === 429 ? { retryAfterSeconds: 1 } : {}) }),
});

/** What can go wrong with one call. */
const FAULTS: Readonly<Record<string, Fault>> = {
  '409 conflict': refuse('KUBE_CONFLICT', 409),
  '429 too many requests': refuse('KUBE_THROTTLED', 429),
  '500 internal error': refuse('KUBE_SERVER', 500),
  '503 without effect': refuse('KUBE_SERVER', 503),
  'connection reset': refuse('KUBE_UNREACHABLE'),
  'lost answer': { kind: 'lose-answer' },
};

const BOUND = 20;

/** S4: one call of a step fails, in every way a call can; the same operator goes on. */
export function callsRow({ lab, tally, dice, again }: Context): void {
  describe('S4: a failed call', () => {
    const roll = dice('S4');
    afterAll(() => lab().wipe());
    const pairs = (calls: readonly string[]): { at: string; label: string; fault: Fault }[] =>
      calls.flatMap((at) => Object.entries(FAULTS).map(([label, fault]) => ({ at, label, fault })));

    it.each([create, shrink, grow, retain].map((step) => [step.name, step] as const))('%s', async (name, step) => {
      // Exhaustive: several crews one after the other would live through different steps, so one crew is as large as it takes.
      const [reference = '', ...others] = crew('calls', isExhaustive ? 300 : BOUND + 1);
      const told = await recordReference(lab(), { step, platform: {} }, reference);
      const chosen = roll.sample(pairs(told.calls.filter((call) => !call.includes(' events'))), others.length);
      const injections = others.map((tenant, index): Injection => {
        const one = chosen[index % chosen.length];
        if (one === undefined) throw new Error('a step without a call');
        return { tenant, ...one };
      });
      const outcome = await sweep(lab(), { step, platform: {} }, { reference: told, injections, restart: false });
      expect(brief(outcome.failures), again).toEqual([]);
      expect(outcome.tried).toBeGreaterThan(others.length / 2);
      const row = tally.row('S4', `409, 429, 5xx, reset, lost answer: ${name}`);
      row.tried += outcome.tried;
      row.survived += outcome.tried;
    });
  });
}
