import type { Queryable } from '../pool.ts';
import { sql } from '../sql.ts';

export interface AuditEntry {
  /** Name of the API key or administrator, never the key itself. */
  readonly actor: string;
  /** `item.delete`, `sim.stop`, … */
  readonly action: string;
  readonly target?: string | undefined;
  readonly outcome?: 'ok' | 'denied' | 'failed';
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Appends to the audit trail. */
export async function appendAudit(db: Queryable, entry: AuditEntry): Promise<void> {
  await db.execute(sql`insert into audit_log (actor, action, target, outcome, details)
    values (${entry.actor}, ${entry.action}, ${entry.target ?? null}, ${entry.outcome ?? 'ok'},
            ${JSON.stringify(entry.details ?? {})}::jsonb)`);
}
