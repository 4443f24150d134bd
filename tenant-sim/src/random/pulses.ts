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
}

export function createPulseTrain({ slotMs, maxDurationMs, draw }: PulseTrainOptions): PulseTrain {
  const lookBack = Math.ceil(maxDurationMs / slotMs);
  const remembered = rememberSlots(draw, 2 * lookBack + 4);
  // Rows come in time order mostly: keeping the last span's pulses saves looking at the same slots for each row. Nothing else depends on it.
  let memoFirst = Number.NaN;
  let memoLast = Number.NaN;
  let memo: readonly Pulse[] = [];
  const touching = (fromMs: number, toMs: number): readonly Pulse[] => {
    const first = Math.floor(fromMs / slotMs) - lookBack;
    const last = Math.floor((toMs - 1) / slotMs);
    if (first === memoFirst && last === memoLast) return memo;
    const pulses: Pulse[] = [];
    for (let slot = first; slot <= last; slot += 1) {
      const pulse = remembered(slot);
      if (pulse !== undefined) pulses.push(pulse);
    }
    memoFirst = first;
    memoLast = last;
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
  };
}

type Draw = PulseTrainOptions['draw'];

/** A ring of the slots drawn last. */
function rememberSlots(draw: Draw, size: number): Draw {
  const slots = new Float64Array(size).fill(Number.NaN);
  const pulses: (Pulse | undefined)[] = [];
  return (slot) => {
    const place = ((slot % size) + size) % size;
    if (slots[place] !== slot) {
      slots[place] = slot;
      pulses[place] = draw(slot);
    }
    return pulses[place];
  };
}
