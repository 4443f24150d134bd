import { createScratch, createWordScratch } from '../math/scratch.ts';
import type { RandomStream } from '../random/stream.ts';
import { QUARTER, type QuarterlyFill } from '../time/quarterly.ts';

/** Equal steps of time: step i is [fromMs + i·stepMs, fromMs + (i+1)·stepMs). Whole milliseconds, so that no step depends on where a grid begins. */
export interface Grid {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly count: number;
}

/** Something that draws power; `addTo` adds its mean power in kW over each step. What it adds depends on the step alone, not on the grid. */
export interface Load {
  addTo(out: Float64Array, grid: Grid): void;
}

/** Something that is on from `from` to `to` (ms, `to` exclusive) with the power `kw`. */
export interface Pulse {
  from: number;
  to: number;
  kw: number;
}

export function addPulse(out: Float64Array, { fromMs, stepMs, count }: Grid, { from, to, kw }: Pulse): void {
  const first = Math.max(0, Math.floor((from - fromMs) / stepMs));
  const last = Math.min(count - 1, Math.floor((to - 1 - fromMs) / stepMs));
  for (let index = first; index <= last; index += 1) {
    const start = fromMs + index * stepMs;
    const end = start + stepMs;
    const overlap = (to < end ? to : end) - (from > start ? from : start);
    if (overlap > 0) out[index] = (out[index] ?? 0) + (overlap === stepMs ? kw : (kw * overlap) / stepMs);
  }
}

/** A load that does nothing but adding these pulses: for each slot of time at most one, a pure function of the slot's number. */
export interface SlotsOptions {
  readonly stream: RandomStream;
  readonly slotMs: number;
  /** No pulse reaches further than this beyond the beginning of its slot. */
  readonly reachMs: number;
  /** Says whether there is one; the four words of the slot that the stream has stand from `at` on in `draw`. */
  readonly pulse: (slot: number, out: Pulse, draw: Uint32Array, at: number) => boolean;
}

const drawn = createWordScratch();

/** Pulses by slots, in the order of the slots, so that the sum of a step is always made in the same order. */
export function pulsesInSlots({ stream, slotMs, reachMs, pulse }: SlotsOptions): Load {
  const one: Pulse = { from: 0, to: 0, kw: 0 };
  return {
    addTo: (out, grid) => {
      const first = Math.floor((grid.fromMs - reachMs) / slotMs);
      const last = Math.floor((grid.fromMs + grid.count * grid.stepMs - 1) / slotMs);
      const draw = drawn(4 * (last - first + 1));
      stream.fillWords(draw, first, last - first + 1);
      for (let slot = first; slot <= last; slot += 1) {
        if (pulse(slot, one, draw, 4 * (slot - first))) addPulse(out, grid, one);
      }
    },
  };
}

const nodes = createScratch();

/** A curve that is linear between quarter-hours: its mean over a step that crosses no quarter-hour is its value in the middle. */
export function addQuarterly(out: Float64Array, { fromMs, stepMs, count }: Grid, curve: QuarterlyFill): void {
  const first = Math.floor((fromMs + 0.5 * stepMs) / QUARTER);
  const last = Math.floor((fromMs + (count - 0.5) * stepMs) / QUARTER);
  const values = nodes(last - first + 2);
  curve(values, first, last - first + 2);
  for (let index = 0; index < count; index += 1) {
    const position = (fromMs + (index + 0.5) * stepMs) / QUARTER;
    const here = Math.floor(position);
    const left = values[here - first] ?? 0;
    const right = values[here - first + 1] ?? 0;
    out[index] = (out[index] ?? 0) + left + (right - left) * (position - here);
  }
}
