import type { KubeObject } from '@luna-iems/kube-runtime';

/** A list of more is no help. */
const SHOWN = 8;

/**
 * The objects that hold up the end of a namespace, as far as the operator sees them: those that are being deleted and wait for
 * somebody's finalizer. What it does not see stands in the namespace's own conditions.
 */
export function remainingOf(objects: readonly KubeObject[]): string {
  const waiting = objects
    .filter(({ metadata }) => metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length > 0)
    .map(({ kind, metadata }) => `${kind} ${metadata.name} (${(metadata.finalizers ?? []).join(', ')})`)
    .sort();
  if (waiting.length === 0) return '';
  const more = waiting.length > SHOWN ? ` and ${String(waiting.length - SHOWN)} more` : '';
  return `; waiting for finalizers of ${waiting.slice(0, SHOWN).join(', ')}${more}: whoever put them there must remove them`;
}
