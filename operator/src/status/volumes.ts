import { parseQuantity, type KubeObject } from '@luna-iems/kube-runtime';
import type { Finding, Situation } from './finding.ts';

const type = 'VolumesReady';

interface Claim extends KubeObject {
  spec?: { resources?: { requests?: { storage?: string } } };
  status?: {
    phase?: string;
    capacity?: { storage?: string };
    allocatedResourceStatuses?: { storage?: string };
    conditions?: { type: string; status: string; message?: string }[];
  };
}

/** How the tenant's volumes are, beside what pods say: growing, unable to grow, or larger than the spec asks for. */
export function volumes({ tenant, observed }: Situation): Finding {
  const { database, vectorStore, models, objectStore } = tenant.spec;
  const wanted: Record<string, string> = {
    'data-postgres-0': database.storage.size,
    'storage-qdrant-0': vectorStore.storage.size,
    'models-ollama-0': models.storage.size,
    ...(objectStore === undefined ? {} : { 'data-object-store-0': objectStore.storage.size }),
  };
  const claims = observed.list('PersistentVolumeClaim') as Claim[];
  const of = (tell: (claim: Claim) => string | undefined): string =>
    claims.flatMap((claim) => tell(claim) ?? []).join('; ');
  const stuck = of(cannotGrow);
  if (stuck !== '') return { type, status: 'False', reason: 'CannotGrow', message: stuck, trouble: true };
  const growing = of(isGrowing);
  if (growing !== '') return { type, status: 'True', reason: 'Growing', message: growing };
  const larger = of((claim) => isLarger(claim, wanted[claim.metadata.name]));
  if (larger !== '') return { type, status: 'True', reason: 'LargerThanSpec', message: larger };
  return {
    type,
    status: 'True',
    reason: 'AsWanted',
    message: 'every volume is as the spec asks: none is growing, and none has failed to grow',
  };
}

function cannotGrow({ metadata, status }: Claim): string | undefined {
  if (!/Infeasible$/.test(status?.allocatedResourceStatuses?.storage ?? '')) return undefined;
  const said = status?.conditions?.find((one) => /Error$/.test(one.type) && one.status === 'True')?.message;
  return `volume ${metadata.name} cannot grow: ${said ?? 'its driver says that this size is not possible'}; add capacity to the storage behind it`;
}

function isGrowing(claim: Claim): string | undefined {
  const { metadata, status } = claim;
  const [has = '', asks = ''] = [status?.capacity?.storage, wishOf(claim)];
  const grows = status?.phase === 'Bound' && less(has, asks);
  return grows ? `volume ${metadata.name} is growing from ${has} to ${asks}` : undefined;
}

function wishOf({ spec }: Claim): string | undefined {
  return spec?.resources?.requests?.storage;
}

function isLarger(claim: Claim, wanted: string | undefined): string | undefined {
  const { metadata } = claim;
  const asks = wishOf(claim);
  return less(wanted, asks)
    ? `volume ${metadata.name} was enlarged to ${asks ?? ''} by hand and stays so; spec asks for ${wanted ?? ''}: raise it to match`
    : undefined;
}

function less(a: string | undefined, b: string | undefined): boolean {
  const [left, right] = [parseQuantity(a), parseQuantity(b)];
  return left !== undefined && right !== undefined && left < right;
}
