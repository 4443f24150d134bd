import type { Client, JsonPatchOperation } from './client.ts';
import { hasCode } from './errors.ts';
import { refOf } from './kinds.ts';
import type { KubeResource, ResourceKind } from './types.ts';

/**
 * Adds the finalizer and gives the object as it is then; gives `object` back untouched when it has the finalizer.
 *
 * Guarantees: no other finalizer is lost; the write fails rather than hit another object of the same name (the patch tests the UID)
 * or undo a concurrent change of the list (it tests what we saw).
 * Assumptions: `object` may be old; then the tests fail with KUBE_INVALID and the reconcile tries again with a newer one.
 * Errors: KUBE_INVALID as said, or because a terminating object takes no new finalizers; KUBE_NOT_FOUND.
 */
export async function ensureFinalizer<T extends KubeResource>(
  client: Client,
  kind: ResourceKind,
  object: T,
  finalizer: string,
): Promise<T> {
  const present = object.metadata.finalizers ?? [];
  if (present.includes(finalizer)) return object;
  const add: JsonPatchOperation[] =
    present.length === 0
      ? // With an absent list, `test` against null is the way to say "still absent".
        [
          { op: 'test', path: '/metadata/finalizers', value: null },
          { op: 'add', path: '/metadata/finalizers', value: [finalizer] },
        ]
      : [
          { op: 'test', path: '/metadata/finalizers', value: present },
          { op: 'add', path: '/metadata/finalizers/-', value: finalizer },
        ];
  return client.patch<T>(kind, refOf(object), { type: 'json', operations: [...sameObject(object), ...add] });
}

/**
 * Removes exactly this finalizer; does nothing when it or the object is gone.
 *
 * Guarantees: never removes another finalizer, even when the list changed meanwhile (the patch tests the entry it removes); never
 * touches a later object of the same name. Call it only after the clean-up has succeeded: on an error, throw, and keep the finalizer.
 * Errors: KUBE_INVALID when the list changed since `object` was read; the next reconcile sees the newer one.
 */
export async function removeFinalizer(
  client: Client,
  kind: ResourceKind,
  object: KubeResource,
  finalizer: string,
): Promise<void> {
  const index = object.metadata.finalizers?.indexOf(finalizer) ?? -1;
  if (index < 0) return;
  const path = `/metadata/finalizers/${index}`;
  const operations: JsonPatchOperation[] = [
    ...sameObject(object),
    { op: 'test', path, value: finalizer },
    { op: 'remove', path },
  ];
  try {
    await client.patch(kind, refOf(object), { type: 'json', operations });
  } catch (error) {
    if (!hasCode(error, 'KUBE_NOT_FOUND')) throw error;
  }
}

function sameObject(object: KubeResource): JsonPatchOperation[] {
  return object.metadata.uid ? [{ op: 'test', path: '/metadata/uid', value: object.metadata.uid }] : [];
}
