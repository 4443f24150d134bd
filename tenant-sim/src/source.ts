/** What simulated rows carry in `source`; live connectors write other words into the same tables. */
export const SIM_SOURCE = 'sim';
