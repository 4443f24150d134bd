import { createReadingBatch } from '@luna-iems/series';
import { buildMeters, buildSeries, buildWorld } from '../build.ts';
import type { SimConfig } from '../sim-schema.ts';
import { DAY, QUARTER } from '../time/quarterly.ts';
import type { Zone } from '../time/zone.ts';

export type Stretch = 'day' | 'week' | 'year';

/** One curve to draw: values at equal distances; NaN where nothing arrived. */
export interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly values: Float64Array;
  /** The least and the most of the quarter-hours that each value is the mean of. */
  readonly lows: Float64Array;
  readonly highs: Float64Array;
  /** Whether a value stands for so many quarter-hours that their range is worth drawing. */
  readonly isRange: boolean;
}

/** A place on the axis of time. */
export interface Tick {
  readonly atMs: number;
  readonly label: string;
}

export interface Preview {
  readonly title: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly ticks: readonly Tick[];
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
    ticks: ticksOf(world.zone, stretch, fromMs),
    panels: panels.map((panel) => ({ ...panel, ...pooled(panel.values, step), isRange: stretch === 'year' })),
  };
}

/** A missing reading adds nothing. */
function addTo(sum: Float64Array, values: Float64Array): void {
  for (let index = 0; index < sum.length; index += 1) {
    const value = values[index] ?? 0;
    if (!Number.isNaN(value)) sum[index] = (sum[index] ?? 0) + value;
  }
}

function pooled(values: Float64Array, step: number): Pick<Panel, 'values' | 'lows' | 'highs'> {
  const of = (one: (part: Float64Array) => number): Float64Array =>
    Float64Array.from({ length: Math.floor(values.length / step) }, (_, index) =>
      one(values.subarray(index * step, (index + 1) * step)),
    );
  return {
    values: of((part) => part.reduce((sum, value) => sum + value, 0) / part.length),
    lows: of((part) => Math.min(...part)),
    highs: of((part) => Math.max(...part)),
  };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Hours of a day, days of a week, first days of the months of a year, by the wall clock. */
function ticksOf(zone: Zone, stretch: Stretch, fromMs: number): Tick[] {
  if (stretch === 'day') {
    return Array.from({ length: 8 }, (_, index) => ({
      atMs: zone.atHour(fromMs, 3 * index),
      label: `${String(3 * index).padStart(2, '0')}:00`,
    }));
  }
  return Array.from({ length: DAYS[stretch] }, (_, index) => zone.addDays(fromMs, index)).flatMap((atMs): Tick[] => {
    const { day, month, weekday } = zone.local(atMs);
    if (stretch === 'week') return [{ atMs, label: `${WEEKDAYS[weekday]} ${day} ${MONTHS[month - 1]}` }];
    return day === 1 ? [{ atMs, label: MONTHS[month - 1] ?? '' }] : [];
  });
}
