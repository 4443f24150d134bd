import { qualityCode, type ReadingBatch } from '@luna-iems/series';
import { createStream } from '../random/stream.ts';
import { DAY, MINUTE, QUARTER } from '../time/quarterly.ts';
import { createBattery } from './battery.ts';
import { createBusiness } from './business.ts';
import type { Grid, Load } from './grid.ts';
import { createElectricCar, createHeatPump } from './heat-pump.ts';
import { createHousehold, meanPower } from './household.ts';
import { createOutages } from './outages.ts';
import { createPv } from './pv.ts';
import { createVoltage } from './voltage.ts';
import type { World } from './world.ts';

export interface MeterOptions {
  readonly world: World;
  readonly meterId: string;
  readonly intervalS: number;
  readonly profile: 'household' | 'business';
  readonly medianKwh: number;
  readonly spread: number;
  /** Each 0 where there is none. */
  readonly pvKwp: number;
  readonly batteryKwh: number;
  readonly heatPumpKw: number;
  readonly carKw: number;
  readonly missingShare: number;
  readonly outageLengthFactor: number;
  readonly workspace: Workspace;
}

/** What the two counters of a meter have counted, in Ws: whole numbers, because power is whole watts and intervals whole seconds. */
export interface Counters {
  importWs: number;
  exportWs: number;
}

export const WS_PER_KWH = 3_600_000;
const OK = qualityCode('ok') ?? 0;
const MISSING = qualityCode('missing') ?? 0;

/** A two-way grid meter. Intervals begin on multiples of their length since the epoch; the same options always give the same rows. */
export interface Meter {
  readonly meterId: string;
  readonly intervalMs: number;
  /** What a meter that is first read at `tsMs` has counted since it was built in. */
  countersAt(tsMs: number): Counters;
  /** Moves counters over `count` intervals from `fromMs` on; backwards (from their end to `fromMs`) with `sign` -1. */
  count(counters: Counters, fromMs: number, count: number, sign: 1 | -1): void;
  /** Writes the rows of `count` intervals from `fromMs` on to the places from `at` on, and moves the counters on. */
  fill(
    batch: ReadingBatch,
    at: number,
    rows: { readonly fromMs: number; readonly count: number },
    counters: Counters,
  ): void;
}

/** Scratch columns that all meters share: one is simulated after the other. */
export interface Workspace {
  net: Float64Array;
  pv: Float64Array;
  out: Float64Array;
  voltage: Float64Array;
  importW: Float64Array;
  exportW: Float64Array;
}

export function createWorkspace(): Workspace {
  const none = new Float64Array(0);
  return { net: none, pv: none, out: none, voltage: none, importW: none, exportW: none };
}

function room(workspace: Workspace, steps: number, rows: number): void {
  if (workspace.net.length < steps) {
    workspace.net = new Float64Array(steps);
    workspace.pv = new Float64Array(steps);
  }
  if (workspace.out.length >= rows) return;
  workspace.out = new Float64Array(rows);
  workspace.voltage = new Float64Array(rows);
  workspace.importW = new Float64Array(rows);
  workspace.exportW = new Float64Array(rows);
}

/** Import and feed-in may both happen within an interval: with PV it is averaged from steps of at most this length. */
const STEP_WITH_PV = MINUTE;
const COUNT_AT_ONCE = 2048;

export function createMeter(options: MeterOptions): Meter {
  const { meterId, intervalS, workspace, world } = options;
  const intervalMs = intervalS * 1000;
  const steps = stepsPer(intervalMs, options.pvKwp > 0 ? STEP_WITH_PV : QUARTER);
  const power = createPower(options, steps);
  const voltage = createVoltage(world.seed, meterId);
  const outages = createOutages({ ...options, seed: world.seed, lengthFactor: options.outageLengthFactor, intervalMs });
  return {
    meterId,
    intervalMs,
    countersAt: (tsMs) => {
      const traits = createStream(world.seed, 'meter', meterId, 'counter');
      const builtIn = Date.UTC(2012, 0, 1) + Math.floor(traits.uniform(0) * 8 * 366) * DAY;
      const seconds = Math.max(0, Math.floor((tsMs - builtIn) / 1000));
      const meanW = Math.floor(meanPower(options) * 1000);
      return { importWs: meanW * seconds, exportWs: Math.floor(options.pvKwp * 60) * seconds };
    },
    count: (counters, fromMs, count, sign) => {
      for (let done = 0; done < count; done += COUNT_AT_ONCE) {
        const part = Math.min(COUNT_AT_ONCE, count - done);
        power(fromMs + done * intervalMs, part);
        for (let index = 0; index < part; index += 1) {
          counters.importWs += sign * (workspace.importW[index] ?? 0) * intervalS;
          counters.exportWs += sign * (workspace.exportW[index] ?? 0) * intervalS;
        }
      }
    },
    fill: (batch, at, { fromMs, count }, counters) => {
      power(fromMs, count);
      const grid = { fromMs, stepMs: intervalMs, count };
      outages(workspace.out, grid);
      voltage(workspace.voltage, grid, workspace);
      batch.intervalS.fill(intervalS, at, at + count);
      batch.receivedMs.fill(Number.NaN, at, at + count);
      for (let index = 0; index < count; index += 1) {
        counters.importWs += (workspace.importW[index] ?? 0) * intervalS;
        counters.exportWs += (workspace.exportW[index] ?? 0) * intervalS;
        batch.tsMs[at + index] = fromMs + index * intervalMs;
        if ((workspace.out[index] ?? 0) >= 0.5) writeMissing(batch, at + index);
        else writeMeasured(batch, at + index, { workspace, index, counters });
      }
    },
  };
}

function writeMissing(batch: ReadingBatch, place: number): void {
  batch.quality[place] = MISSING;
  batch.consumptionKw[place] = Number.NaN;
  batch.productionKw[place] = Number.NaN;
  batch.voltage[place] = Number.NaN;
  batch.energyImportKwh[place] = Number.NaN;
  batch.energyExportKwh[place] = Number.NaN;
}

interface Measured {
  readonly workspace: Workspace;
  readonly index: number;
  readonly counters: Counters;
}

function writeMeasured(batch: ReadingBatch, place: number, { workspace, index, counters }: Measured): void {
  batch.quality[place] = OK;
  batch.consumptionKw[place] = (workspace.importW[index] ?? 0) / 1000;
  batch.productionKw[place] = (workspace.exportW[index] ?? 0) / 1000;
  batch.voltage[place] = Math.round((workspace.voltage[index] ?? 0) * 10) / 10;
  batch.energyImportKwh[place] = counters.importWs / WS_PER_KWH;
  batch.energyExportKwh[place] = counters.exportWs / WS_PER_KWH;
}

/** Into how many equal steps of whole milliseconds an interval is cut so that none is longer than `longest`. */
function stepsPer(intervalMs: number, longest: number): number {
  let steps = Math.ceil(intervalMs / longest);
  while (intervalMs % steps !== 0) steps += 1;
  return steps;
}

/** Fills the workspace's `importW` and `exportW`: mean power over each interval in whole watts. */
function createPower(options: MeterOptions, steps: number): (fromMs: number, count: number) => void {
  const { workspace, pvKwp, batteryKwh, world, meterId } = options;
  const loads = loadsOf(options);
  const pv = pvKwp > 0 ? createPv(world, meterId, pvKwp) : undefined;
  const battery = batteryKwh > 0 ? createBattery(batteryKwh) : undefined;
  const netOf = (net: Float64Array, grid: Grid): void => {
    net.fill(0, 0, grid.count);
    for (const load of loads) load.addTo(net, grid);
    if (pv === undefined) return;
    if (workspace.pv.length < grid.count) workspace.pv = new Float64Array(grid.count);
    pv(workspace.pv, grid);
    for (let index = 0; index < grid.count; index += 1) net[index] = (net[index] ?? 0) - (workspace.pv[index] ?? 0);
  };
  return (fromMs, count) => {
    room(workspace, steps * count, count);
    const grid = { fromMs, stepMs: (options.intervalS * 1000) / steps, count: steps * count };
    const { net } = workspace;
    netOf(net, grid);
    battery?.apply(net, grid, netOf);
    for (let row = 0; row < count; row += 1) {
      let imported = 0;
      let exported = 0;
      for (let index = row * steps; index < (row + 1) * steps; index += 1) {
        const kw = net[index] ?? 0;
        if (kw > 0) imported += kw;
        else exported -= kw;
      }
      workspace.importW[row] = Math.round((imported / steps) * 1000);
      workspace.exportW[row] = Math.round((exported / steps) * 1000);
    }
  };
}

function loadsOf(options: MeterOptions): readonly Load[] {
  const { world, meterId, heatPumpKw, carKw } = options;
  return [
    ...(options.profile === 'business' ? createBusiness(options) : createHousehold(options)),
    ...(heatPumpKw > 0 ? [createHeatPump(world, meterId, heatPumpKw)] : []),
    ...(carKw > 0 ? [createElectricCar(world, meterId, carKw)] : []),
  ];
}
