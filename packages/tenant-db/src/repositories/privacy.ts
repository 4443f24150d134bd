import type { Queryable } from '../pool.ts';
import { sql } from '../sql.ts';

export interface PrivacyConfig {
  readonly flagSendAggregates: boolean;
  readonly instanceFingerprint: string;
}

/** The one row of privacy_config. */
export async function readPrivacyConfig(db: Queryable): Promise<PrivacyConfig> {
  const [row] = await db.query<PrivacyConfig>(sql`select flag_send_aggregates as "flagSendAggregates",
    instance_fingerprint as "instanceFingerprint" from privacy_config`);
  return row as PrivacyConfig;
}
