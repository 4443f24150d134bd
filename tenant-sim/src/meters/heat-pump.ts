import { createStream, TWO_32 } from '../random/stream.ts';
import { HOUR, MINUTE, QUARTER } from '../time/quarterly.ts';
import { pulsesInSlots, type Load } from './grid.ts';
import type { World } from './world.ts';

/** Outdoor temperature above which nothing is heated, and the one for which the machine is built, °C. */
const HEATING_LIMIT = 15;
const DESIGN = -12;
/** Share of the time that hot water needs, whatever the season. */
const HOT_WATER = 0.06;

/**
 * A heat pump of `kw` electric power that runs in cycles: the colder, the longer each run, and the more so because cold air is also
 * worse to pump heat from. About 1000 kWh a year for each kW... times two in a cold house; defaults follow a well-insulated one.
 */
export function createHeatPump(world: World, meterId: string, kw: number): Load {
  const stream = createStream(world.seed, 'meter', meterId, 'heat-pump');
  const slotMs = Math.round((35 + 20 * stream.uniform(0, 3)) * MINUTE);
  return pulsesInSlots({
    stream,
    slotMs,
    reachMs: slotMs,
    pulse: (slot, out, draw, at) => {
      out.from = slot * slotMs + Math.floor(((draw[at] ?? 0) / TWO_32) * 0.1 * slotMs);
      const duty = dutyAt(world.weather.temperature(Math.floor(out.from / QUARTER)));
      out.to = out.from + Math.round(Math.min(0.9, duty * (0.8 + (0.4 * (draw[at + 1] ?? 0)) / TWO_32)) * slotMs);
      out.kw = kw;
      return out.to > out.from;
    },
  });
}

function dutyAt(temperature: number): number {
  const cold = Math.max(0, (HEATING_LIMIT - temperature) / (HEATING_LIMIT - DESIGN));
  return HOT_WATER + 0.55 * cold * (0.6 + 0.4 * cold);
}

/** Mean of a day's charging, for one who drives about 12 000 km a year. */
const KWH_PER_CHARGE: readonly [number, number] = [6, 22];
const CHARGES_PER_DAY = 0.45;
const LONGEST_CHARGE = 16 * HOUR;

/** An electric car that is plugged in on some evenings and then charges with `kw` until it is full. */
export function createElectricCar(world: World, meterId: string, kw: number): Load {
  const stream = createStream(world.seed, 'meter', meterId, 'car');
  const dayMs = 24 * HOUR;
  return pulsesInSlots({
    stream,
    slotMs: dayMs,
    reachMs: dayMs + LONGEST_CHARGE,
    pulse: (day, out, draw, at) => {
      if ((draw[at] ?? 0) / TWO_32 >= CHARGES_PER_DAY) return false;
      const evening = 18.2 + 1.4 * stream.normal(day, 1);
      // Out of the same draw as the hour: changed now, every car would go on as another one.
      const size = stream.words(day, 1)[1] ?? 0;
      const kwh = KWH_PER_CHARGE[0] + (size / TWO_32) * (KWH_PER_CHARGE[1] - KWH_PER_CHARGE[0]);
      out.from = Math.round(
        world.zone.dayStart(day * dayMs + dayMs / 2) + Math.max(14, Math.min(23.5, evening)) * HOUR,
      );
      out.to = out.from + Math.min(LONGEST_CHARGE, Math.round((kwh / kw) * HOUR));
      out.kw = kw;
      return true;
    },
  });
}
