import { duration, renderTable } from './table.ts';

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

/** A LunaTenant as far as its state is shown. */
export interface TenantObject {
  readonly metadata: { readonly name: string; readonly generation?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly Condition[];
  };
}

const ageOf = (time: string | undefined, nowMs: number): string | undefined =>
  time === undefined ? undefined : duration(Math.max(0, nowMs - Date.parse(time)) / 1_000);

/** The conditions of a tenant, Ready first. `nowMs` is wall-clock time. */
export function renderConditions(tenant: TenantObject, nowMs: number): string {
  const conditions = tenant.status?.conditions ?? [];
  if (conditions.length === 0) return `The operator has not looked at tenant ${tenant.metadata.name} yet.`;
  const rank = ({ type }: Condition): number => ['Ready', 'Progressing', 'Degraded'].indexOf(type) + 1 || 9;
  const rows = conditions
    .toSorted((a, b) => rank(a) - rank(b))
    .map(({ type, status, reason, message, lastTransitionTime }) => [
      type,
      status,
      ageOf(lastTransitionTime, nowMs),
      reason,
      message ?? '',
    ]);
  return renderTable(
    [
      { title: 'condition' },
      { title: 'status' },
      { title: 'since', align: 'right' },
      { title: 'reason' },
      { title: 'message' },
    ],
    rows,
  );
}

/** A note where the operator has not caught up with the latest change of the spec. */
export function behindNote(tenant: TenantObject): string | undefined {
  const seen = tenant.status?.observedGeneration;
  const { generation } = tenant.metadata;
  if (seen === undefined || generation === undefined || seen >= generation) return undefined;
  return `The operator still works on an earlier version of the spec (${seen} of ${generation}).`;
}
