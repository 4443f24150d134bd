import { builtinKinds, parseQuantity, type Client, type KubeObject } from '@luna-iems/kube-runtime';
import type { Observed } from '../observed.ts';

interface ClaimTemplate {
  metadata: { name: string };
  spec: { resources: { requests: { storage: string } } };
}

/**
 * Makes a StatefulSet's volumes grow. Kubernetes forbids changing volumeClaimTemplates, so the claims are patched and the
 * StatefulSet is deleted with its pods left running; applying it again takes them over. Each step looks at what is there, so
 * a crash between any two of them only delays the rest. Gives `recreating` while the old StatefulSet is on its way out.
 */
export async function growVolumes(
  client: Client,
  desired: KubeObject,
  observed: Observed,
  signal: AbortSignal,
): Promise<'settled' | 'recreating'> {
  const { name } = desired.metadata;
  const live = observed.find('StatefulSet', name);
  if (live === undefined) return 'settled';
  if (live.metadata.deletionTimestamp !== undefined) return 'recreating';
  const grown = templates(desired).filter((wanted) => isSmaller(sizeOf(liveTemplate(live, wanted)), sizeOf(wanted)));
  if (grown.length === 0) return 'settled';

  for (const template of grown) {
    const claim = observed.find('PersistentVolumeClaim', `${template.metadata.name}-${name}-0`);
    // A claim that was enlarged by hand is not fought over.
    if (claim === undefined || !isSmaller(claimSize(claim), sizeOf(template))) continue;
    const body = { spec: { resources: { requests: { storage: sizeOf(template) } } } };
    await client.patch(builtinKinds.PersistentVolumeClaim, refTo(claim), { type: 'merge', body }, { signal });
  }
  const { uid } = live.metadata;
  await client.delete(builtinKinds.StatefulSet, refTo(live), { uid, propagationPolicy: 'Orphan', signal });
  return 'recreating';
}

/**
 * The StatefulSet with its claims as large as they are where they are larger than wanted: Kubernetes refuses any other size, and a
 * volume never shrinks. That happens when a tenant is taken up again with a smaller size than it had.
 */
export function withLiveClaims(desired: KubeObject, observed: Observed): KubeObject {
  const live = observed.find('StatefulSet', desired.metadata.name);
  if (live === undefined) return desired;
  const volumeClaimTemplates = templates(desired).map((wanted) => {
    const size = sizeOf(liveTemplate(live, wanted));
    if (size === undefined || !isSmaller(sizeOf(wanted), size)) return wanted;
    return { ...wanted, spec: { ...wanted.spec, resources: { requests: { storage: size } } } };
  });
  return { ...desired, spec: { ...(desired['spec'] as object), volumeClaimTemplates } };
}

/** The StatefulSet with the claims that it has, for when they cannot grow: all else of it may still change. */
export function withFormerClaims(desired: KubeObject, observed: Observed): KubeObject {
  const live = observed.find('StatefulSet', desired.metadata.name);
  if (live === undefined) return desired;
  const volumeClaimTemplates = templates(desired).map((wanted) => ({
    ...wanted,
    spec: { ...wanted.spec, resources: (liveTemplate(live, wanted) ?? wanted).spec.resources },
  }));
  return { ...desired, spec: { ...(desired['spec'] as object), volumeClaimTemplates } };
}

const templates = (set: KubeObject): ClaimTemplate[] =>
  (set['spec'] as { volumeClaimTemplates?: ClaimTemplate[] }).volumeClaimTemplates ?? [];

const liveTemplate = (live: KubeObject, wanted: ClaimTemplate): ClaimTemplate | undefined =>
  templates(live).find(({ metadata }) => metadata.name === wanted.metadata.name);

const sizeOf = (template: ClaimTemplate | undefined): string | undefined => template?.spec.resources.requests.storage;

const claimSize = (claim: KubeObject): string | undefined =>
  (claim['spec'] as { resources?: { requests?: { storage?: string } } }).resources?.requests?.storage;

const isSmaller = (a: string | undefined, b: string | undefined): boolean => {
  const [left, right] = [parseQuantity(a), parseQuantity(b)];
  return left !== undefined && right !== undefined && left < right;
};

const refTo = ({ metadata }: KubeObject): { name: string; namespace: string | undefined } => ({
  name: metadata.name,
  namespace: metadata.namespace,
});
