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
  readonly slotMs: number;
  /** No pulse reaches further than this beyond the beginning of its slot. */
  readonly reachMs: number;
  readonly pulse: (slot: number, out: Pulse) => boolean;
}

/** Pulses by slots, in the order of the slots, so that the sum of a step is always made in the same order. */
export function pulsesInSlots({ slotMs, reachMs, pulse }: SlotsOptions): Load {
  const one: Pulse = { from: 0, to: 0, kw: 0 };
  return {
    addTo: (out, grid) => {
      const last = Math.floor((grid.fromMs + grid.count * grid.stepMs - 1) / slotMs);
      for (let slot = Math.floor((grid.fromMs - reachMs) / slotMs); slot <= last; slot += 1) {
        if (pulse(slot, one)) addPulse(out, grid, one);
      }
    },
  };
}

/** A curve that is linear between quarter-hours: its mean over a step that crosses no quarter-hour is its value in the middle. */
export function addQuarterly(out: Float64Array, grid: Grid, node: (quarter: number) => number): void {
  const { fromMs, stepMs, count } = grid;
  let quarter = Number.NaN;
  let left = 0;
  let right = 0;
  for (let index = 0; index < count; index += 1) {
    const position = (fromMs + (index + 0.5) * stepMs) / 900_000;
    const here = Math.floor(position);
    if (here !== quarter) {
      left = here === quarter + 1 ? right : node(here);
      right = node(here + 1);
      quarter = here;
    }
    out[index] = (out[index] ?? 0) + left + (right - left) * (position - here);
  }
}
