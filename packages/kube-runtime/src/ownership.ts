import type { Client } from './client.ts';
import { hasCode } from './errors.ts';
import { refOf } from './kinds.ts';
import type { FieldSet } from './subset.ts';
import type { KubeObject, ManagedFieldsEntry } from './types.ts';

type Entries = readonly ManagedFieldsEntry[];

/**
 * The fields that are ours; undefined when the live object carries no entry at all (a store may have dropped them). An object that was
 * created and never applied since is owned by an entry of the operation Update.
 */
export function ownedFields(live: KubeObject, manager: string): FieldSet | undefined {
  const entries = live.metadata.managedFields;
  if (!entries) return undefined;
  const ours = entries.find(isApplied(manager)) ?? entries.find(isCreated(manager));
  // An entry that owns one thing nobody desires: owning nothing must not read as the leaf that owns everything.
  return ours?.fieldsV1 ?? { none: {} };
}

/** Whether any field of the object, but its status, was last written by this manager. */
export function isWrittenBy({ metadata: { managedFields = [] } }: KubeObject, manager: string): boolean {
  return managedFields.some((entry) => entry.manager === manager && !entry.subresource);
}

const isApplied =
  (manager: string) =>
  (entry: ManagedFieldsEntry): boolean =>
    entry.manager === manager && entry.operation === 'Apply' && !entry.subresource;
const isCreated =
  (manager: string) =>
  (entry: ManagedFieldsEntry): boolean =>
    entry.manager === manager && entry.operation === 'Update' && !entry.subresource;

/** Tries against an object that others keep changing. */
const tries = 5;

/**
 * Before a changed desired state is applied to an object that we created: makes what the creation owns belong to the apply. Otherwise fields
 * that left the desired state would stay, for the creation would still own them. As client-go's csaupgrade does it; nothing but
 * managedFields changes, so a crash after it costs nothing. Does nothing where it was done, or where we created nothing.
 */
export async function takeOver(
  { client, fieldManager }: { client: Client; fieldManager: string },
  seen: KubeObject,
  signal?: AbortSignal,
): Promise<void> {
  const kind = client.kindOf(seen);
  for (let left = tries; left > 0; left -= 1) {
    // Asked for, for it is written back whole, and a store may have cut it.
    const live = await client.get(kind, refOf(seen), { signal });
    if (live === undefined) return;
    const { managedFields = [], resourceVersion } = live.metadata;
    if (!managedFields.some(isCreated(fieldManager))) return;
    const operations = [
      { op: 'replace', path: '/metadata/managedFields', value: handedOver(managedFields, fieldManager) },
      // Refused as a conflict when the object has changed since, as a test of it would not be.
      { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
    ] as const;
    try {
      await client.patch(kind, refOf(live), { type: 'json', operations }, { fieldManager, signal });
      return;
    } catch (error) {
      if (hasCode(error, 'KUBE_NOT_FOUND')) return;
      if (!hasCode(error, 'KUBE_CONFLICT') || left <= 1) throw error;
    }
  }
}

/** The entries, with the fields of our creation in the entry of our apply. */
export function handedOver(entries: Entries, manager: string): ManagedFieldsEntry[] {
  const [created, applied] = [entries.find(isCreated(manager)), entries.find(isApplied(manager))];
  const others = entries.filter((entry) => entry !== created && entry !== applied);
  const fieldsV1 = union(applied?.fieldsV1 ?? {}, created?.fieldsV1 ?? {});
  return [...others, { ...created, ...applied, operation: 'Apply', fieldsV1 }];
}

function union(one: FieldSet, other: FieldSet): FieldSet {
  const all: Record<string, unknown> = { ...one };
  for (const [name, fields] of Object.entries(other))
    all[name] = name in all ? unionBelow(all[name] as FieldSet, fields as FieldSet) : fields;
  return all;
}

/** A node without any below it owns the field itself; among others that is said by a dot. */
function unionBelow(one: FieldSet, other: FieldSet): FieldSet {
  const isWhole = [one, other].some((fields) => Object.keys(fields).length === 0);
  const all = union(one, other);
  return isWhole && Object.keys(all).length > 0 ? { '.': {}, ...all } : all;
}
