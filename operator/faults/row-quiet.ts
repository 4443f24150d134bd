import { afterAll, describe, expect, it } from 'vitest';
import { nameOf } from './calls.ts';
import { crew, pass, type Context } from './context.ts';
import type { Running } from './running.ts';
import { create } from './steps.ts';

/** LUNA_QUIET_MINUTES: `make test-quiet` says ten. */
const MINUTES = Number(process.env['LUNA_QUIET_MINUTES'] ?? 0);

/** D2: tenants that are as they should be, passes over them all the time, and no write. */
export function quietRow(context: Context): void {
  const { lab, again } = context;
  describe('D2: silence', () => {
    afterAll(() => lab().wipe());
    it('zero writes while nothing happens', async () => {
      const names = crew('quiet', MINUTES > 0 ? 50 : 10);
      // Every few seconds a pass over everybody, so that a write that a pass makes for nothing shows within a short time too.
      const resyncSeconds = MINUTES > 0 ? 10 : 2;
      const running = await lab().run({ platform: { controller: { ...lab().platform.controller, resyncSeconds } } });
      await Promise.all(names.map((name) => lab().apply(name)));
      await lab().converge(running, names, create.done);
      const [from, passes] = [running.calls.writes.length, await reconciles(running)];
      const seconds = MINUTES > 0 ? MINUTES * 60 : 10;
      const end = performance.now() + seconds * 1000;
      // On a machine under load, for as long as every tenant needs to have been passed over three times.
      while (performance.now() < end || (await reconciles(running)) - passes < names.length * 3)
        await new Promise((resolve) => setTimeout(resolve, 1000));
      const writes = running.calls.writes.slice(from).map(nameOf);
      const more = (await reconciles(running)) - passes;
      await running.stop();
      expect(writes, again).toEqual([]);
      pass(context, {
        id: 'D2',
        what: 'silence',
        tried: 1,
        note: `0 writes in ${String(seconds)} s, ${String(names.length)} tenants, ${String(more)} passes`,
      });
    }, 3_700_000);
  });
}

async function reconciles({ registry }: Running): Promise<number> {
  const metrics = await registry.getMetricsAsJSON();
  const total = metrics.find(({ name }) => name === 'controller_runtime_reconcile_total');
  return (total?.values ?? []).reduce((sum, { value }) => sum + Number(value), 0);
}
