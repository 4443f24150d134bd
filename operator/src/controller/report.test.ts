import { describe, expect, it } from 'vitest';
import type { LunaTenantStatus } from '../tenant.ts';
import { transitions } from './report.ts';

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
