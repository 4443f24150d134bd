import { describe, expect, it } from 'vitest';
import { tenantFixture } from '../testing/fixtures.ts';
import type { LunaTenant, LunaTenantStatus } from '../tenant.ts';
import { createRollout, type Rollout } from './rollout.ts';

const READY = [{ type: 'Ready', status: 'True' as const, reason: 'r', message: 'm', lastTransitionTime: 't' }];
const tenant = (name: string, status: Partial<LunaTenantStatus> = {}, spec = {}): LunaTenant => ({
  ...tenantFixture(spec, { name }),
  status: { observedGeneration: 3, platformRevision: 'old', conditions: READY, ...status },
});

interface Scene {
  rollout: Rollout;
  verdict: (name: string) => string;
  clock: { nowMs: number };
  woken: string[];
}
function scene(tenants: LunaTenant[], settings: { maxConcurrent: number; intervalSeconds?: number }): Scene {
  const clock = { nowMs: 0 };
  const rollout = createRollout({
    revision: 'new',
    settings: { intervalSeconds: 0, ...settings },
    tenants: () => tenants,
    now: () => clock.nowMs,
  });
  const woken: string[] = [];
  rollout.source.start((name) => woken.push(name));
  const find = (name: string): LunaTenant => tenants.find(({ metadata }) => metadata.name === name) as LunaTenant;
  return { rollout, clock, woken, verdict: (name) => rollout.turn(find(name), false).verdict };
}

describe('turns', () => {
  it('are taken by no more than may, in the order of names whoever asks first, and passed on when one is done', () => {
    const { rollout, verdict, woken } = scene(
      ['d', 'c', 'b', 'a'].map((name) => tenant(name)),
      { maxConcurrent: 2 },
    );
    expect(['d', 'c', 'b', 'a'].map(verdict)).toEqual(['wait', 'wait', 'begin', 'begin']);
    expect(['d', 'c', 'b', 'a'].map(verdict)).toEqual(['wait', 'wait', 'go', 'go']);
    rollout.observe('a', { rollout: 'Rolling', platformRevision: 'old' });
    expect(woken).toEqual([]);
    rollout.observe('a', { platformRevision: 'new' });
    expect(woken).toEqual(['c']);
    expect(['d', 'c', 'a'].map(verdict)).toEqual(['wait', 'begin', 'go']);
  });

  it('are given to nobody while more are under way than may be, as after a lower limit', () => {
    const rolling = ['x', 'y', 'z'].map((name) => tenant(name, { rollout: 'Rolling' }));
    const { verdict } = scene([...rolling, tenant('a'), tenant('b'), tenant('c')], { maxConcurrent: 1 });
    expect(['a', 'b', 'c'].map(verdict)).toEqual(['wait', 'wait', 'wait']);
  });

  it('survive a restart: who was being updated still counts', () => {
    const { verdict } = scene([tenant('a'), tenant('b', { rollout: 'Rolling' })], { maxConcurrent: 1 });
    expect(verdict('a')).toBe('wait');
    expect(verdict('b')).toBe('go');
  });

  it('go to those that serve before those that are broken, so that one broken tenant does not hold up the rest', () => {
    const { verdict } = scene([tenant('a', { conditions: [] }), tenant('b')], { maxConcurrent: 1 });
    expect(verdict('a')).toBe('wait');
    expect(verdict('b')).toBe('begin');
  });

  it('are not waited for by who is new, asleep, up to date, or changed by its own users', () => {
    const turning = tenantFixture({}, { name: 'x', annotations: { 'luna-iems.io/rotate-secrets': 'now' } });
    const tenants = [
      tenant('asleep', {}, { hibernate: true }),
      tenant('current', { platformRevision: 'new' }),
      tenant('changed', { observedGeneration: 2 }),
      { ...tenant('turning'), metadata: { ...turning.metadata, name: 'turning' } },
      tenant('waiting'),
    ];
    const { rollout, verdict } = scene(tenants, { maxConcurrent: 0 });
    expect(tenants.map(({ metadata }) => verdict(metadata.name))).toEqual(['go', 'go', 'go', 'go', 'wait']);
    expect(rollout.turn(tenant('fresh', { platformRevision: '' }), true).verdict).toBe('go');
  });

  it('are not kept for who cannot take them', () => {
    const away = [
      tenant('a', {}, { paused: true }),
      tenant('b', { phase: 'Blocked' }),
      tenant('d', { rollout: 'Rolling' }, { paused: true }),
    ];
    const { verdict } = scene([...away, tenant('c')], { maxConcurrent: 1 });
    expect(verdict('c')).toBe('begin');
  });

  it('keep their distance in time, also from what a former operator may have begun', () => {
    const { verdict, clock } = scene([tenant('a'), tenant('b')], { maxConcurrent: 5, intervalSeconds: 60 });
    expect(verdict('a')).toBe('wait');
    clock.nowMs = 60_000;
    expect(['b', 'a', 'b'].map(verdict)).toEqual(['wait', 'begin', 'wait']);
    clock.nowMs = 120_000;
    expect(verdict('b')).toBe('begin');
  });
});
