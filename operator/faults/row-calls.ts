import { KubeError, type Fault } from '@luna-iems/kube-runtime';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { crew, pass, type Context } from './context.ts';
import { bySize } from './seed.ts';
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

/** Tenants, and so failed calls, of each step: several crews one after the other would live through different steps. */
const CREW = bySize({ quick: 6, full: 20, all: 300 });

/** S4: one call of a step fails, in every way a call can; the same operator goes on. */
export function callsRow(context: Context): void {
  const { lab, dice } = context;
  describe('S4: a failed call', () => {
    const roll = dice('S4');
    afterEach(() => lab().killAll());
    afterAll(() => lab().wipe());
    const pairs = (calls: readonly string[]): { at: string; label: string; fault: Fault }[] =>
      calls.flatMap((at) => Object.entries(FAULTS).map(([label, fault]) => ({ at, label, fault })));

    it.each([create, shrink, grow, retain].map((step) => [step.name, step] as const))('%s', async (name, step) => {
      const [reference = '', ...others] = crew('calls', CREW + 1);
      const told = await recordReference(lab(), { step, platform: {} }, reference);
      const chosen = roll.sample(pairs(told.calls.filter((call) => !call.includes(' events'))), others.length);
      const injections = others.map((tenant, index): Injection => {
        const one = chosen[index % chosen.length];
        if (one === undefined) throw new Error('a step without a call');
        return { tenant, ...one };
      });
      const outcome = await sweep(lab(), { step, platform: {} }, { reference: told, injections, restart: false });
      pass(context, {
        id: 'S4',
        what: `409, 429, 5xx, reset, lost answer: ${name}`,
        tried: outcome.tried,
        failures: outcome.failures,
      });
      expect(outcome.tried).toBeGreaterThan(0);
    });
  });
}
