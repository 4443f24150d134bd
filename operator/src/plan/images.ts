import type { Platform } from '../platform.ts';
import type { LunaTenant } from '../tenant.ts';

/** The images that this tenant runs: its own where it names one, else the platform's. */
export function imagesOf({ spec }: LunaTenant, { images }: Platform): Platform['images'] {
  return {
    tenantApi: spec.api.image ?? images.tenantApi,
    tenantSim: spec.simulation.image ?? images.tenantSim,
    timescaledb: spec.database.image ?? images.timescaledb,
    qdrant: spec.vectorStore.image ?? images.qdrant,
    tika: spec.extraction.image ?? images.tika,
    ollama: spec.models.serverImage ?? images.ollama,
    objectStore: spec.objectStore?.image ?? images.objectStore,
    ...(images.models === undefined ? {} : { models: images.models }),
  };
}
