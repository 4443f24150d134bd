import type { KubeResource } from './types.ts';

/** Makes objects share what most of them have in common. */
export interface FieldPool {
  /** Puts the pool's copy of each fieldsV1 tree of the object in place of its own. The object must be nobody else's yet. */
  share(object: KubeResource): void;
}

const mostKept = 1000;

/**
 * A pool of managedFields' trees. They name fields, not values, so objects made from one template carry equal trees, which are up
 * to half of what an object takes in memory. It begins anew when a thousand different ones are kept.
 */
export function createFieldPool(): FieldPool {
  const trees = new Map<string, unknown>();
  return {
    share({ metadata }) {
      for (const entry of metadata.managedFields ?? []) {
        if (entry.fieldsV1 === undefined) continue;
        const text = JSON.stringify(entry.fieldsV1);
        const kept = trees.get(text) as typeof entry.fieldsV1;
        if (kept !== undefined) entry.fieldsV1 = kept;
        else {
          if (trees.size >= mostKept) trees.clear();
          trees.set(text, entry.fieldsV1);
        }
      }
    },
  };
}
