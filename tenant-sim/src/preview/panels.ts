import { createReadingBatch } from '@luna-iems/series';
import { buildMeters, buildSeries, buildWorld } from '../build.ts';
import type { SimConfig } from '../sim-schema.ts';
import { DAY, QUARTER } from '../time/quarterly.ts';

export type Stretch = 'day' | 'week' | 'year';

/** One curve to draw: values at equal distances; NaN where nothing arrived. */
export interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly values: Float64Array;
}

export interface Preview {
  readonly title: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly panels: readonly Panel[];
}

const DAYS: Readonly<Record<Stretch, number>> = { day: 1, week: 7, year: 365 };
/** A longer stretch is drawn by days. */
const QUARTERS_PER_VALUE: Readonly<Record<Stretch, number>> = { day: 1, week: 2, year: 96 };

/** What the configured meters and markets would do from the local day containing `dayMs` on. */
export function previewOf(config: SimConfig, stretch: Stretch, dayMs: number): Preview {
  const world = buildWorld(config);
  const fromMs = world.zone.dayStart(dayMs);
  const count = Math.round((world.zone.addDays(dayMs, DAYS[stretch]) - fromMs) / QUARTER);
  const step = QUARTERS_PER_VALUE[stretch];
  const quarterHours = { ...config, meters: { ...config.meters, interval_s: 900 } };
  const total = { import: new Float64Array(count), export: new Float64Array(count) };
  for (const { meter } of buildMeters(quarterHours, world)) {
    const batch = createReadingBatch('sim', [meter.meterId], count);
    meter.fill(batch, 0, { fromMs, count }, meter.countersAt(fromMs));
    addTo(total.import, batch.consumptionKw);
    addTo(total.export, batch.productionKw);
  }
  const at = (curve: (quarter: number) => number): Float64Array =>
    Float64Array.from({ length: count }, (_, index) => curve(fromMs / QUARTER + index));
  const prices = buildSeries(config, world).map((series) => ({
    title: `${series.market} ${series.product}`,
    unit: 'EUR/MWh',
    values: at((quarter) => series.price(Math.floor((quarter * QUARTER) / series.resolutionMs) * series.resolutionMs)),
  }));
  const panels = [
    { title: 'import of all meters', unit: 'kW', values: total.import },
    { title: 'feed-in of all meters', unit: 'kW', values: total.export },
    ...prices,
    { title: 'temperature', unit: '°C', values: at(world.weather.temperature) },
  ];
  return {
    title: `${stretch} from ${new Date(fromMs + DAY / 2).toISOString().slice(0, 10)}, seed ${world.seed}`,
    fromMs,
    toMs: fromMs + count * QUARTER,
    panels: panels.map((panel) => ({ ...panel, values: averaged(panel.values, step) })),
  };
}

/** A missing reading adds nothing. */
function addTo(sum: Float64Array, values: Float64Array): void {
  for (let index = 0; index < sum.length; index += 1) {
    const value = values[index] ?? 0;
    if (!Number.isNaN(value)) sum[index] = (sum[index] ?? 0) + value;
  }
}

function averaged(values: Float64Array, step: number): Float64Array {
  return Float64Array.from({ length: Math.floor(values.length / step) }, (_, index) => {
    let sum = 0;
    for (let place = index * step; place < (index + 1) * step; place += 1) sum += values[place] ?? 0;
    return sum / step;
  });
}
