import { desired, type Facts } from '../plan/desired.ts';
import type { Planned } from '../plan/meta.ts';
import type { Platform } from '../platform.ts';
import type { LunaTenant } from '../tenant.ts';

/** `desired`, with the very same objects for as long as nothing it depends on changes. What it gives must not be changed. */
export type Planner = (tenant: LunaTenant, facts: Facts) => readonly Planned[];

/** A tenant that is being built is looked at many times in a row, and then hardly ever: few need to be remembered. */
const MOST_KEPT = 32;

/** A planner that remembers the plans of the tenants it was asked about last. */
export function createPlanner(platform: Platform): Planner {
  const known = new Map<string, { of: string; plan: readonly Planned[] }>();
  return (tenant, facts) => {
    const { name } = tenant.metadata;
    const of = fingerprint(tenant, facts);
    const before = known.get(name);
    const plan = before?.of === of ? before.plan : desired(tenant, platform, facts);
    known.delete(name);
    known.set(name, { of, plan });
    const [oldest] = known.keys();
    if (known.size > MOST_KEPT && oldest !== undefined) known.delete(oldest);
    return plan;
  };
}

/** All that a plan depends on beside the platform. The spec itself and not its generation: new defaults in a CRD change none. */
function fingerprint({ metadata, spec }: LunaTenant, { available, ...facts }: Facts): string {
  const { name, uid, labels, annotations } = metadata;
  return JSON.stringify([name, uid, labels, annotations, spec, facts, [...(available ?? [])].sort()]);
}
