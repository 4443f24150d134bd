import {
  builtinKinds,
  refOf,
  type Applier,
  type Client,
  type EventRecorder,
  type KubeResource,
  type ManagedFieldsEntry,
  type ObjectMeta,
} from '@luna-iems/kube-runtime';
import type { Observed } from '../observed.ts';
import {
  contentVersion,
  missingSecrets,
  rotationOf,
  rotations,
  type RandomBytes,
  type SecretVersions,
} from '../plan/secrets.ts';
import { MANAGER, TENANT_LABEL, namespaceOf, type LunaTenant } from '../tenant.ts';

/** Makes a tenant's Secrets, and renews them when that is asked for. */
export interface SecretKeeper {
  /**
   * Brings the Secrets to where they should be; gives the version of each one's content. Throws KUBE_ALREADY_EXISTS when one of somebody
   * else's stands in the place of one, and all of the client's errors.
   */
  keep(tenant: LunaTenant, observed: Observed, signal: AbortSignal): Promise<SecretVersions>;
  /** Drops what is remembered of a tenant that is gone. */
  forget(tenant: string): void;
}

export interface SecretKeeperDeps {
  client: Client;
  applier: Applier;
  events: EventRecorder;
  random: RandomBytes;
}

/**
 * Only metadata of Secrets is looked at. What was written last is remembered until the watch brings it, because an older version
 * would restart pods for nothing.
 */
export function createSecretKeeper({ client, applier, events, random }: SecretKeeperDeps): SecretKeeper {
  const written = new Map<string, Map<string, KubeResource>>();

  const remember = (tenant: LunaTenant, { apiVersion, kind, metadata }: KubeResource): void => {
    const { name } = tenant.metadata;
    const mine = written.get(name) ?? new Map<string, KubeResource>();
    mine.set(metadata.name, { apiVersion, kind, metadata: memorable(metadata) });
    written.set(name, mine);
  };
  const known = (tenant: LunaTenant, there: readonly KubeResource[]): KubeResource[] => {
    const mine = written.get(tenant.metadata.name);
    return there.map((seen) => newer(seen, mine?.get(seen.metadata.name)));
  };

  /** One of ours that lost its labels would be looked for forever. Applied, which leaves the entry that tells when content was written. */
  const relabel = async (tenant: LunaTenant, secret: KubeResource, signal: AbortSignal): Promise<void> => {
    const { apiVersion, kind, metadata } = secret;
    const { name, labels = {} } = metadata;
    const bare = { apiVersion, kind, metadata: { name, namespace: namespaceOf(tenant), labels } };
    await client.apply(bare, { fieldManager: MANAGER, signal });
  };
  const create = async (
    tenant: LunaTenant,
    there: readonly KubeResource[],
    signal: AbortSignal,
  ): Promise<KubeResource[]> => {
    const made: KubeResource[] = [];
    const names = new Set(there.map(({ metadata }) => metadata.name));
    for (const secret of missingSecrets(tenant, names, random)) {
      const { result, object } = await applier.createOnce(secret, signal);
      const isBare = result === 'unchanged' && object.metadata.labels?.[TENANT_LABEL] === undefined;
      if (isBare) await relabel(tenant, secret, signal);
      remember(tenant, object);
      made.push(object);
    }
    return made;
  };
  const renew = async (tenant: LunaTenant, secrets: readonly KubeResource[], signal: AbortSignal): Promise<void> => {
    const due = rotations(tenant, secrets, random);
    if (due.length === 0) return;
    const names = due.map(({ name }) => name).join(', ');
    const note = `new content for ${names}, as asked for with the value ${rotationOf(tenant) ?? ''}`;
    events.record({ regarding: tenant, type: 'Normal', reason: 'RotatingSecrets', action: 'Rotate', note });
    for (const { name, body } of due) {
      const ref = { name, namespace: namespaceOf(tenant) };
      const options = { fieldManager: MANAGER, signal };
      remember(tenant, await client.patch(builtinKinds.Secret, ref, { type: 'merge', body }, options));
    }
  };

  return {
    async keep(tenant, observed, signal) {
      // Looked at once: a Secret that goes while others are made is the next pass's. Were its version missing from this one's
      // answer, pods and the schema Job would change twice.
      const there = observed.list('Secret');
      const made = await create(tenant, there, signal);
      const before = [...known(tenant, there), ...made];
      await renew(tenant, before, signal);
      const mine = written.get(tenant.metadata.name);
      const now = before.map((secret) => newer(secret, mine?.get(refOf(secret).name)));
      return Object.fromEntries(now.map((secret) => [secret.metadata.name, contentVersion(secret)]));
    },
    forget: (tenant) => void written.delete(tenant),
  };
}

/** What is asked of a Secret's metadata, here and in plan/secrets.ts; it is kept for as long as the tenant lives. */
function memorable({ name, namespace, uid, resourceVersion, annotations, managedFields = [] }: ObjectMeta): ObjectMeta {
  const writers = managedFields.flatMap(({ manager, operation, time, fieldsV1 = {} }) =>
    'f:data' in fieldsV1 ? [{ manager, operation, time, fieldsV1: CONTENT } as ManagedFieldsEntry] : [],
  );
  return { name, namespace, uid, resourceVersion, annotations, managedFields: writers } as ObjectMeta;
}

const CONTENT = { 'f:data': {} };

/** The later of two views of an object. One that was made anew counts by what the watch says. */
function newer(seen: KubeResource, own: KubeResource | undefined): KubeResource {
  if (own === undefined || own.metadata.uid !== seen.metadata.uid) return seen;
  return Number(own.metadata.resourceVersion) > Number(seen.metadata.resourceVersion) ? own : seen;
}
