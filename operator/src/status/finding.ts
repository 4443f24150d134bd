import { isSubset, type KubeObject } from '@luna-iems/kube-runtime';
import type { Observed } from '../observed.ts';
import type { Planned } from '../plan/meta.ts';
import type { LunaTenant } from '../tenant.ts';

/** One condition before it has a time. */
export interface Finding {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
  /** Something is broken, not merely under way. */
  readonly trouble?: boolean;
}

/** What the findings are made from: what is wanted, and what is there. */
export interface Situation {
  readonly tenant: LunaTenant;
  readonly planned: readonly Planned[];
  readonly observed: Observed;
  /** Whether a live object is as planned; by default by the values in its spec. */
  readonly isInPlace?: (planned: KubeObject, live: KubeObject) => boolean;
}

/** Whether a live object is what is planned. */
export function isAsPlanned({ isInPlace = hasSpecOf }: Situation, planned: KubeObject, live: KubeObject): boolean {
  return planned === live || isInPlace(planned, live);
}

const hasSpecOf = (planned: KubeObject, live: KubeObject): boolean => isSubset(planned['spec'], live['spec']);

/** How many objects of a kind are wanted, and the names of those that are not there as they are wanted. */
export function inPlace(situation: Situation, kind: string): { wanted: number; missing: string[] } {
  const { planned, observed } = situation;
  const wanted = planned.filter(({ object }) => object.kind === kind);
  const missing = wanted.filter(({ object }) => {
    const live = observed.find(kind, object.metadata.name);
    return live === undefined || !isAsPlanned(situation, object, live);
  });
  return { wanted: wanted.length, missing: missing.map(({ object }) => object.metadata.name) };
}
