import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDeadlines } from './deadlines.ts';

describe('deadlines', () => {
  const operation = fc.oneof(
    fc.record({ set: fc.constantFrom('a', 'b', 'c', 'd', 'e'), due: fc.nat(100) }),
    fc.record({ drop: fc.constantFrom('a', 'b', 'c', 'd', 'e') }),
    fc.record({ takeUntil: fc.nat(100) }),
  );

  it('behaves like a map that is sorted when asked', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 80 }), (operations) => {
        const deadlines = createDeadlines();
        const model = new Map<string, number>();
        for (const one of operations) {
          if ('set' in one) {
            deadlines.set(one.set, one.due);
            model.set(one.set, one.due);
          } else if ('drop' in one) {
            deadlines.delete(one.drop);
            model.delete(one.drop);
          } else {
            const due = [...model].filter(([, at]) => at <= one.takeUntil);
            const taken = deadlines.takeDue(one.takeUntil);
            expect([...taken].sort()).toEqual(due.map(([key]) => key).sort());
            const times = taken.map((key) => model.get(key) ?? NaN);
            expect(times).toEqual([...times].sort((a, b) => a - b));
            for (const key of taken) model.delete(key);
          }
          expect(deadlines.size).toBe(model.size);
          expect(deadlines.next()).toBe(model.size === 0 ? undefined : Math.min(...model.values()));
        }
      }),
    );
  });
});
