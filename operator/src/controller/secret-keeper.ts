import {
  builtinKinds,
  refOf,
  type Applier,
  type Client,
  type EventRecorder,
  type KubeResource,
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
import { MANAGER, namespaceOf, type LunaTenant } from '../tenant.ts';

/** Makes a tenant's Secrets, and renews them when that is asked for. */
export interface SecretKeeper {
  /** Brings the Secrets to where they should be; gives the version of each one's content. */
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
    mine.set(metadata.name, { apiVersion, kind, metadata });
    written.set(name, mine);
  };
  const known = (tenant: LunaTenant, there: readonly KubeResource[]): KubeResource[] => {
    const mine = written.get(tenant.metadata.name);
    return there.map((seen) => newer(seen, mine?.get(seen.metadata.name)));
  };

  const create = async (
    tenant: LunaTenant,
    there: readonly KubeResource[],
    signal: AbortSignal,
  ): Promise<KubeResource[]> => {
    const made: KubeResource[] = [];
    const names = new Set(there.map(({ metadata }) => metadata.name));
    for (const secret of missingSecrets(tenant, names, random)) {
      const { object } = await applier.createOnce(secret, signal);
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

/** The later of two views of an object. One that was made anew counts by what the watch says. */
function newer(seen: KubeResource, own: KubeResource | undefined): KubeResource {
  if (own === undefined || own.metadata.uid !== seen.metadata.uid) return seen;
  return Number(own.metadata.resourceVersion) > Number(seen.metadata.resourceVersion) ? own : seen;
}
