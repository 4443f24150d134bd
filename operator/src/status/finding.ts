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
}
