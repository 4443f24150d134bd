export { buildMeters, buildSeries, buildWorld, createMarketSource, createMeterSource } from './build.ts';
export { loadSimConfig, parseSimConfig, type SimConfig } from './sim-config.ts';
export { simulate, type SimulateDeps } from './run/simulate.ts';
