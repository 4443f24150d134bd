export { buildMeters, buildSeries } from './build.ts';
export { loadSimConfig, parseSimConfig, type SimConfig } from './sim-config.ts';
export { simulate, type SimulateDeps } from './run/simulate.ts';
export { createMarketSource, createMeterSource } from './run/sim-sources.ts';
