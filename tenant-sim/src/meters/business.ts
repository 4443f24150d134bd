import { createStream, TWO_32 } from '../random/stream.ts';
import { MINUTE, QUARTER, type QuarterlyFill } from '../time/quarterly.ts';
import { addQuarterly, pulsesInSlots, type Load } from './grid.ts';
import { meanPower, type PeopleOptions } from './household.ts';
import { wobble } from './wobble.ts';

const MACHINE_SHARE = 0.25;
const MACHINE_MINUTES = 18;

/** A small business: the shape of its working days, wandering a little, and machines that are switched on while it is open. */
export function createBusiness(options: PeopleOptions): readonly Load[] {
  const { world, meterId } = options;
  const meanKw = meanPower(options);
  const moods = wobble(createStream(world.seed, 'meter', meterId, 'wobble'), 0.2);
  const machines = createStream(world.seed, 'meter', meterId, 'machines');
  // A machine draws half as much again as the business does on average; nights and Sundays have few of them.
  const machineKw = 1.5 * meanKw;
  const chance = (MACHINE_SHARE * meanKw * 15) / (machineKw * MACHINE_MINUTES);
  const smooth: QuarterlyFill = (out, first, count) => {
    moods(out, first, count);
    for (let index = 0; index < count; index += 1) {
      out[index] = (1 - MACHINE_SHARE) * meanKw * world.businessShape(first + index) * (out[index] ?? 0);
    }
  };
  return [
    { addTo: (out, grid) => addQuarterly(out, grid, smooth) },
    pulsesInSlots({
      stream: machines,
      slotMs: QUARTER,
      reachMs: 2 * MACHINE_MINUTES * MINUTE,
      pulse: (slot, out, draw, at) => {
        if ((draw[at] ?? 0) / TWO_32 >= chance * world.businessShape(slot)) return false;
        out.from = slot * QUARTER + Math.floor(((draw[at + 1] ?? 0) / TWO_32) * QUARTER);
        out.to = out.from + Math.round((0.2 + (1.6 * (draw[at + 2] ?? 0)) / TWO_32) * MACHINE_MINUTES * MINUTE);
        out.kw = machineKw;
        return true;
      },
    }),
  ];
}
