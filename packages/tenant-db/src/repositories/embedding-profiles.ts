import type { Database, Queryable } from '../pool.ts';
import { sql } from '../sql.ts';

/** What makes two vectors comparable. */
export interface EmbeddingIdentity {
  readonly model: string;
  readonly digest: string;
  readonly dimensions: number;
  readonly normalisation: string;
  readonly documentPrefix: string;
  readonly queryPrefix: string;
  readonly chunker: string;
}

export interface EmbeddingProfile extends EmbeddingIdentity {
  readonly profileId: string;
  /** The Qdrant collection that holds this profile's vectors. */
  readonly collection: string;
  readonly active: boolean;
  readonly selfTest: Record<string, unknown> | null;
  readonly createdAt: Date;
}

const COLUMNS = sql`profile_id as "profileId", model, digest, dimensions, normalisation, document_prefix as "documentPrefix",
  query_prefix as "queryPrefix", chunker, collection, active, self_test as "selfTest", created_at as "createdAt"`;

export async function readActiveProfile(db: Queryable): Promise<EmbeddingProfile | undefined> {
  const [row] = await db.query<EmbeddingProfile>(sql`select ${COLUMNS} from embedding_profile where active`);
  return row;
}

/** The profile with this identity, made where it is new (then with the given collection), its self-test result renewed. */
export async function ensureProfile(
  db: Queryable,
  identity: EmbeddingIdentity,
  facts: { readonly collection: string; readonly selfTest?: Readonly<Record<string, unknown>> },
): Promise<EmbeddingProfile> {
  const rows = await db.query<EmbeddingProfile>(sql`
    insert into embedding_profile
      (model, digest, dimensions, normalisation, document_prefix, query_prefix, chunker, collection, self_test)
    values (${identity.model}, ${identity.digest}, ${identity.dimensions}, ${identity.normalisation}, ${identity.documentPrefix},
            ${identity.queryPrefix}, ${identity.chunker}, ${facts.collection}, ${JSON.stringify(facts.selfTest ?? null)}::jsonb)
    on conflict (model, digest, dimensions, normalisation, document_prefix, query_prefix, chunker)
      do update set self_test = excluded.self_test
    returning ${COLUMNS}`);
  return rows[0] as EmbeddingProfile;
}

/** Makes one profile the active one and all others inactive, in one step. */
export function activateProfile(db: Pick<Database, 'transaction'>, profileId: string): Promise<void> {
  return db.transaction(async (tx) => {
    // Two replicas starting at once would otherwise collide at the one-active index.
    await tx.execute(sql`lock table embedding_profile in share row exclusive mode`);
    await tx.execute(sql`update embedding_profile set active = false where active and profile_id <> ${profileId}`);
    await tx.execute(sql`update embedding_profile set active = true where profile_id = ${profileId} and not active`);
  });
}
