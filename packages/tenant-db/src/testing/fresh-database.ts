import { createSilentLogger } from '@luna-iems/service-kit';
import { migrate } from '../migrate.ts';
import { createPool, type Database } from '../pool.ts';
import { createScratchDatabase } from '../scratch-database.ts';

export interface FreshDatabase {
  readonly db: Database;
  readonly connectionString: string;
  close(): Promise<void>;
}

/** An own database on the tier's server, with the schema unless `empty`. */
export async function freshDatabase(options: { readonly empty?: boolean } = {}): Promise<FreshDatabase> {
  const scratch = await createScratchDatabase(process.env['DATABASE_URL'] ?? '', 'tenant_db');
  const log = createSilentLogger();
  const db = createPool({ connectionString: scratch.connectionString, applicationName: 'test', log, max: 4 });
  if (options.empty !== true) await migrate(db, { log });
  return {
    db,
    connectionString: scratch.connectionString,
    close: async () => {
      await db.close();
      await scratch.drop();
    },
  };
}
