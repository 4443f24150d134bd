import { expect, it } from 'vitest';
import { createGate } from './gate.ts';

/** Work that ends when it is told to. */
function piece(log: string[], name: string): { work: () => Promise<void>; end: () => void } {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return {
    end,
    work: async () => {
      log.push(`${name} starts`);
      await ended;
      log.push(`${name} ends`);
    },
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('lets work run side by side, and one alone only when the others have ended, in order', async () => {
  const gate = createGate();
  const log: string[] = [];
  const [a, b, alone, late] = ['a', 'b', 'alone', 'late'].map((name) => piece(log, name));
  if (!a || !b || !alone || !late) throw new Error('four pieces');
  const all = [
    gate.run(false, a.work),
    gate.run(false, b.work),
    gate.run(true, alone.work),
    gate.run(false, late.work),
  ];
  await settle();
  expect(log).toEqual(['a starts', 'b starts']);
  a.end();
  await settle();
  expect(log).toEqual(['a starts', 'b starts', 'a ends']);
  b.end();
  await settle();
  expect(log.slice(3)).toEqual(['b ends', 'alone starts']);
  alone.end();
  late.end();
  await Promise.all(all);
  expect(log.slice(5)).toEqual(['alone ends', 'late starts', 'late ends']);
});

it('opens again after work that failed', async () => {
  const gate = createGate();
  await expect(gate.run(true, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await gate.run(true, async () => 1)).toBe(1);
});
