import { describe, expect, it } from 'vitest';
import type { KubeObject } from '@luna-iems/kube-runtime';
import { remainingOf } from './remaining.ts';

const object = (name: string, metadata: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, ...metadata },
});
const leaving = { deletionTimestamp: '2026-01-01T00:00:00Z' };

describe('what remains of a namespace', () => {
  it('is named with its finalizers when it waits for them, and else not', () => {
    expect(remainingOf([])).toBe('');
    expect(remainingOf([object('a', leaving), object('b', { finalizers: ['x/y'] })])).toBe('');
    expect(remainingOf([object('data', { ...leaving, finalizers: ['example.io/backup'] })])).toContain(
      'PersistentVolumeClaim data (example.io/backup)',
    );
  });

  it('is always told in the same order, and shortened', () => {
    const many = Array.from({ length: 12 }, (_, index) =>
      object(`c${String(index)}`, { ...leaving, finalizers: ['f'] }),
    );
    expect(remainingOf(many)).toBe(remainingOf(many.toReversed()));
    expect(remainingOf(many)).toContain('and 4 more');
  });
});
