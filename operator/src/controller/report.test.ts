import type { Client, EventRecorder } from '@luna-iems/kube-runtime';
import { createSilentLogger } from '@luna-iems/service-kit';
import { describe, expect, it } from 'vitest';
import { tenantFixture } from '../testing/fixtures.ts';
import type { LunaTenant, LunaTenantStatus } from '../tenant.ts';
import { createReporter, transitions } from './report.ts';

type Truth = 'True' | 'False';
const status = (conditions: Record<string, [Truth, string]>): LunaTenantStatus => ({
  conditions: Object.entries(conditions).map(([type, [value, reason]]) => ({
    type,
    status: value,
    reason,
    message: `${reason}.`,
    lastTransitionTime: 't',
  })),
});
const told = (before: LunaTenantStatus | undefined, after: LunaTenantStatus): string[] =>
  transitions(before, after).map(({ type, reason }) => `${type} ${reason}`);

describe('transitions', () => {
  it('tells of becoming ready and of being ready no more, once each', () => {
    const down = status({ Ready: ['False', 'Starting'] });
    const up = status({ Ready: ['True', 'AllPartsReady'] });
    expect(told(undefined, down)).toEqual([]);
    expect(told(down, up)).toEqual(['Normal Ready']);
    expect(told(up, up)).toEqual([]);
    expect(told(up, down)).toEqual(['Warning NotReady']);
  });

  it('tells of trouble when it begins, when its cause changes, and when it ends', () => {
    const fine = status({ Degraded: ['False', 'NothingBroken'] });
    const image = status({ Degraded: ['True', 'ErrImagePull'] });
    const memory = status({ Degraded: ['True', 'OOMKilled'] });
    expect(told(fine, image)).toEqual(['Warning ErrImagePull']);
    expect(told(image, image)).toEqual([]);
    expect(told(image, memory)).toEqual(['Warning OOMKilled']);
    expect(told(memory, fine)).toEqual(['Normal Recovered']);
  });

  it('tells of a refused deletion', () => {
    expect(told(status({}), status({ DeletionRefused: ['True', 'DeletionProtection'] }))).toEqual([
      'Warning DeletionRefused',
    ]);
  });
});

describe('createReporter', () => {
  const ready = status({ Ready: ['True', 'AllPartsReady'] });
  const down = status({ Ready: ['False', 'Starting'] });
  const at = (resourceVersion: string, now: LunaTenantStatus): LunaTenant => ({
    ...tenantFixture({}, { resourceVersion }),
    status: now,
  });
  const signal = new AbortController().signal;

  /** A reporter, and the statuses that it has sent; `onSend` happens before the server answers. */
  function reporterWith(onSend: () => void = () => undefined) {
    const sent: unknown[] = [];
    const client = {
      applyStatus: (object: { status: LunaTenantStatus }) => {
        sent.push(object.status);
        onSend();
        return Promise.resolve(object);
      },
    } as unknown as Client;
    const events = { record: () => undefined } as unknown as EventRecorder;
    const clock = { now: 1_000_000 };
    const reporter = createReporter({ client, events, logger: createSilentLogger(), now: () => clock.now });
    return { sent, reporter, clock };
  }

  it('writes only what changed', async () => {
    const { sent, reporter } = reporterWith();
    await reporter.report(at('1', ready), structuredClone(ready), signal);
    expect(sent).toEqual([]);
    await reporter.report(at('1', down), ready, signal);
    expect(sent).toEqual([ready]);
  });

  it('takes its own word for the status until the watch brings something newer', async () => {
    const { reporter } = reporterWith();
    await reporter.report(at('1', down), ready, signal);
    expect(reporter.current(at('1', down)).status).toEqual(ready);
    expect(reporter.current(at('2', down)).status).toEqual(down);
  });

  it('knows its own status from a foreign one, also while it is being written, and forgets it with the tenant', async () => {
    const seen: boolean[] = [];
    const { reporter } = reporterWith(() => seen.push(reporter.isOwn(at('2', structuredClone(ready)))));
    await reporter.report(at('1', down), ready, signal);
    expect(seen).toEqual([true]);
    expect(reporter.isOwn(at('3', down))).toBe(false);
    await reporter.report(at('2', down), down, signal);
    expect(reporter.isOwn(at('3', ready)), 'an older word of its own, brought late').toBe(false);
    reporter.forget('demo');
    expect(reporter.isOwn(at('3', down))).toBe(false);
  });

  describe('lets a status rest', () => {
    const building = (conditions: Record<string, [Truth, string]>, more: Partial<LunaTenantStatus> = {}) => ({
      ...status({ Ready: ['False', 'Waiting'], Degraded: ['False', 'NothingBroken'], ...conditions }),
      phase: 'Provisioning' as const,
      ...more,
    });
    const first = building({ DatabaseReady: ['False', 'Starting'] });
    const further = building({ DatabaseReady: ['True', 'Running'] }, { versions: { database: 'x:1' } });

    it('that tells of progress right after another, and for a moment only', async () => {
      const { reporter, clock } = reporterWith();
      expect(reporter.restFor(at('1', first), further)).toBeUndefined();
      await reporter.report(at('1', {}), first, signal);
      clock.now += 50;
      expect(reporter.restFor(at('2', first), further)).toBe(950);
      expect(reporter.restFor(at('2', first), structuredClone(first)), 'nothing new').toBeUndefined();
      clock.now += 950;
      expect(reporter.restFor(at('2', first), further)).toBeUndefined();
      clock.now -= 2000;
      expect(reporter.restFor(at('2', first), further), 'the clock was set back').toBeUndefined();
    });

    it('that is the first, for a moment from when it was to be written', () => {
      const { reporter, clock } = reporterWith();
      const unknown = tenantFixture({}, { resourceVersion: '1' });
      expect(reporter.restFor(unknown, first)).toBe(1000);
      clock.now += 400;
      expect(reporter.restFor(unknown, further)).toBe(600);
      expect(reporter.restFor(unknown, { ...further, phase: 'Degraded' })).toBeUndefined();
      clock.now += 600;
      expect(reporter.restFor(unknown, further)).toBeUndefined();
      reporter.forget('demo');
      expect(reporter.restFor(unknown, first)).toBe(1000);
    });

    const news: Record<string, LunaTenantStatus> = {
      'that it is ready': { ...further, phase: 'Ready' },
      'of trouble': building({ Degraded: ['True', 'ErrImagePull'] }),
      'of a new generation': { ...further, observedGeneration: 2 },
      'of its turn in a rollout': { ...further, rollout: 'Rolling' },
      'of a refused deletion': building({ DeletionRefused: ['True', 'DeletionProtection'] }),
    };
    it.each(Object.entries(news))('but none that tells %s', async (_what, told) => {
      const { reporter } = reporterWith();
      await reporter.report(at('1', {}), first, signal);
      expect(reporter.restFor(at('2', first), told)).toBeUndefined();
    });
  });
});
