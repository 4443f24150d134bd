import { hash } from 'node:crypto';
import type { KubeResource, ObjectMeta } from './types.ts';

/** Makes objects share what most of them have in common. */
export interface FieldPool {
  /**
   * Puts the pool's copies in place of equal parts of the object: of its labels, of its whole managedFields or, where something in them is
   * its own (a `time` is), of each fieldsV1 tree, and of its content but for the status. The object must be nobody else's yet, and
   * what it holds is never to be changed afterwards.
   */
  share(object: KubeResource): void;
}

/** Each part of a pool begins anew when so many different ones are kept. */
const mostKept = 1000;
/** How far below an object's fields equal parts are looked for: to the lists in a pod template. */
const deepest = 4;
/** Parts whose JSON is shorter are not worth a look. */
const smallest = 40;

/**
 * A pool for one kind. Field sets name fields, not values, and most of a spec is the same for all that was made from one template: they
 * are held once.
 */
export function createFieldPool(): FieldPool {
  const [labels, trees, lists, parts] = [createShelf(), createShelf(), createShelf(), createShelf()];
  const shareFields = (metadata: ObjectMeta): void => {
    const entries = metadata.managedFields ?? [];
    if (entries.some(({ time }) => time !== undefined)) {
      for (const entry of entries)
        if (entry.fieldsV1 !== undefined) entry.fieldsV1 = trees(JSON.stringify(entry.fieldsV1), entry.fieldsV1);
    } else if (entries.length > 0) metadata.managedFields = lists(JSON.stringify(entries), entries);
  };
  const sharePart = (part: object, depth: number): object => {
    const text = JSON.stringify(part);
    if (text.length < smallest) return part;
    const shared = parts(text, part);
    if (shared === part && depth > 0) shareMembers(part as Record<string, unknown>, depth - 1);
    return shared;
  };
  const shareMembers = (members: Record<string, unknown>, depth: number): void => {
    for (const [name, value] of Object.entries(members))
      if (typeof value === 'object' && value !== null && !apart.has(name)) members[name] = sharePart(value, depth);
  };
  return {
    share(object) {
      const { metadata } = object;
      if (metadata.labels !== undefined) metadata.labels = labels(JSON.stringify(metadata.labels), metadata.labels);
      shareFields(metadata);
      shareMembers(object as unknown as Record<string, unknown>, deepest);
    },
  };
}

/** What is each object's own. */
const apart: ReadonlySet<string> = new Set(['metadata', 'status']);

/** Gives what was kept under a text, or keeps what it is given. */
function createShelf(): <T>(text: string, own: T) => T {
  const kept = new Map<string, unknown>();
  return <T>(text: string, own: T) => {
    // Not the text itself: those of whole specs would take more memory than is saved.
    const key = hash('sha256', text, 'base64');
    const before = kept.get(key);
    if (before !== undefined) return before as T;
    if (kept.size >= mostKept) kept.clear();
    kept.set(key, own);
    return own;
  };
}
