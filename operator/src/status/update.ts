import type { LunaTenant, LunaTenantStatus } from '../tenant.ts';
import type { Finding } from './finding.ts';

/** Where a tenant stands in the rollout of what the platform changed. */
export interface Update {
  readonly revision: string;
  /** It waits for its turn. */
  readonly waiting: boolean;
  /** It had no workload before this pass. */
  readonly fresh: boolean;
}

const type = 'UpToDate';

/** What the status says of the rollout. It is complete for a tenant when all of it runs, or when nothing runs that could be old. */
export function updateOf(
  tenant: LunaTenant,
  overall: Finding[],
  update: Update | undefined,
): { fields: Pick<LunaTenantStatus, 'platformRevision' | 'rollout'>; findings: Finding[] } {
  if (update === undefined) return { fields: {}, findings: [] };
  const { revision, waiting, fresh } = update;
  const former = tenant.status?.platformRevision;
  const kept = former === undefined ? {} : { platformRevision: former };
  if (waiting) {
    const message =
      'waits for its turn to be updated to what the platform says now; until then its pods stay as they are (rollout in the platform’s settings says how many are updated at once)';
    return {
      fields: { ...kept, rollout: 'Waiting' },
      findings: [{ type, status: 'False', reason: 'WaitingForTurn', message }],
    };
  }
  if (former === revision || fresh || tenant.spec.hibernate || settled(overall)) {
    const message = 'everything is as the platform says now';
    return {
      fields: { platformRevision: revision },
      findings: [{ type, status: 'True', reason: 'Current', message }],
    };
  }
  const message = 'is being updated to what the platform says now';
  return {
    fields: { ...kept, rollout: 'Rolling' },
    findings: [{ type, status: 'False', reason: 'RollingOut', message }],
  };
}

/** True when everything serves and nothing is under way. */
export function settled(overall: readonly Finding[]): boolean {
  const of = (wanted: string): string | undefined => overall.find((finding) => finding.type === wanted)?.status;
  return of('Ready') === 'True' && of('Progressing') === 'False';
}
