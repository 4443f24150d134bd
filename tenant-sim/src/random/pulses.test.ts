import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPulseTrain, type Pulse } from './pulses.ts';
import { createStream } from './stream.ts';

const SLOT = 100;
const MAX = 350;

const stream = createStream('pulses');

function draw(slot: number): Pulse | undefined {
  if (stream.uniform(slot) > 0.4) return undefined;
  const from = slot * SLOT + Math.floor(stream.uniform(slot, 1) * SLOT);
  return { from, to: from + Math.floor(stream.uniform(slot, 2) * MAX), size: 1 + stream.uniform(slot, 3) };
}

const train = (): ReturnType<typeof createPulseTrain> => createPulseTrain({ slotMs: SLOT, maxDurationMs: MAX, draw });

test('property: energy does not depend on how time is cut, nor on the order in which pieces are asked', () => {
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 9_999 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(cuts, fc.integer({ min: -5, max: 5 }), (inner, shift) => {
      const base = shift * 10_000;
      const edges = [0, ...inner.sort((a, b) => a - b), 10_000].map((edge) => base + edge);
      const whole = train().mean(base, base + 10_000) * 10_000;
      const one = train();
      const pieces = edges.slice(1).map((to, index) => [edges[index] ?? 0, to] as const);
      const sum = pieces.reverse().reduce((total, [from, to]) => total + one.mean(from, to) * (to - from), 0);
      expect(sum).toBeCloseTo(whole, 6);
    }),
    { numRuns: 40 },
  );
});

test('the mean is that of a count by hand, long pulses from before included', () => {
  const one = train();
  for (let from = 0; from < 60_000; from += 30) {
    let sum = 0;
    for (let slot = Math.floor(from / SLOT) - 10; slot <= (from + 30) / SLOT; slot += 1) {
      const pulse = draw(slot);
      if (pulse !== undefined)
        sum += pulse.size * Math.max(0, Math.min(from + 30, pulse.to) - Math.max(from, pulse.from));
    }
    expect(one.mean(from, from + 30), `from ${from}`).toBeCloseTo(sum / 30, 9);
  }
});
