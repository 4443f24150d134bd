import { describe, expect, it } from 'vitest';
import { getCondition, isConditionTrue, setCondition, type ConditionInput } from './condition.ts';

const ready = (status: 'True' | 'False', message = ''): ConditionInput => ({
  type: 'Ready',
  status,
  reason: 'R',
  message,
  observedGeneration: 1,
});
const at = (time: string): number => Date.parse(time);

describe('conditions', () => {
  it('moves the transition time only when the status changes', () => {
    const first = setCondition([], ready('False'), at('2030-01-01T00:00:00.789Z'));
    expect(first[0]?.lastTransitionTime).toBe('2030-01-01T00:00:00Z');
    const same = setCondition(first, ready('False', 'another message'), at('2030-01-02T00:00:00Z'));
    expect(same).toMatchObject([{ message: 'another message', lastTransitionTime: '2030-01-01T00:00:00Z' }]);
    const changed = setCondition(same, ready('True'), at('2030-01-03T00:00:00Z'));
    expect(changed).toMatchObject([{ status: 'True', lastTransitionTime: '2030-01-03T00:00:00Z' }]);
  });

  it('gives an equal list for an equal condition, keeps the order, and leaves its input alone', () => {
    const other = { ...ready('True'), type: 'Other' };
    const before = setCondition(setCondition([], ready('True'), 0), other, 0);
    const frozen = Object.freeze([...before]);
    expect(setCondition(frozen, ready('True'), 99_000)).toEqual(before);
    expect(setCondition(frozen, ready('False'), 99_000).map(({ type }) => type)).toEqual(['Ready', 'Other']);
  });

  it('finds by type', () => {
    const conditions = setCondition([], ready('True'), 0);
    expect(getCondition(conditions, 'Ready')?.status).toBe('True');
    expect(isConditionTrue(conditions, 'Ready')).toBe(true);
    expect(isConditionTrue(conditions, 'Other')).toBe(false);
    expect(getCondition(undefined, 'Ready')).toBeUndefined();
  });
});
