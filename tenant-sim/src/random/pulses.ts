/** Something that is on from `from` to `to` (ms since the epoch, `to` exclusive) with a size. */
export interface Pulse {
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

export interface PulseTrainOptions {
  readonly slotMs: number;
  /** No pulse is longer. */
  readonly maxDurationMs: number;
  /** The pulse that begins in the slot, if any: a pure function of the slot's number (`from` = slot × slotMs + something below slotMs). */
  readonly draw: (slot: number) => Pulse | undefined;
}

/** Pulses that begin at random but can be asked for at any time, in any order. */
export interface PulseTrain {
  /** Sum of the sizes, averaged over the interval. */
  mean(fromMs: number, toMs: number): number;
  /** The largest pulse that is on at this moment. */
  at(tsMs: number): Pulse | undefined;
}

export function createPulseTrain({ slotMs, maxDurationMs, draw }: PulseTrainOptions): PulseTrain {
  const lookBack = Math.ceil(maxDurationMs / slotMs);
  // Rows come in time order mostly: remembering the last span saves drawing the same slots for each row. Nothing else depends on it.
  let memoFrom = Number.NaN;
  let memoTo = Number.NaN;
  let memo: readonly Pulse[] = [];
  const touching = (fromMs: number, toMs: number): readonly Pulse[] => {
    const first = Math.floor(fromMs / slotMs) - lookBack;
    const last = Math.floor((toMs - 1) / slotMs);
    if (first === memoFrom && last === memoTo) return memo;
    const pulses: Pulse[] = [];
    for (let slot = first; slot <= last; slot += 1) {
      const pulse = draw(slot);
      if (pulse !== undefined) pulses.push(pulse);
    }
    memoFrom = first;
    memoTo = last;
    memo = pulses;
    return pulses;
  };
  return {
    mean: (fromMs, toMs) => {
      let sum = 0;
      for (const pulse of touching(fromMs, toMs)) {
        const overlap = Math.min(pulse.to, toMs) - Math.max(pulse.from, fromMs);
        if (overlap > 0) sum += pulse.size * overlap;
      }
      return sum / (toMs - fromMs);
    },
    at: (tsMs) => {
      let largest: Pulse | undefined;
      for (const pulse of touching(tsMs, tsMs + 1)) {
        if (pulse.from <= tsMs && tsMs < pulse.to && pulse.size > (largest?.size ?? -Infinity)) largest = pulse;
      }
      return largest;
    },
  };
}
