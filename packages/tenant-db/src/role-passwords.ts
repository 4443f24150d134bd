import { LunaError, errorMessage, retry } from '@luna-iems/service-kit';
import type { Database } from './pool.ts';
import { scramVerifier } from './scram.ts';

const ROLES = ['luna_api', 'luna_sim', 'luna_admin'] as const;

/** A role that migrations make. */
export type TenantRole = (typeof ROLES)[number];

const MIN_LENGTH = 16;

/**
 * Gives roles LOGIN and a password; needs the owner. Sets the password each time, which is how a rotated Secret takes effect.
 * Throws `LUNA_ROLE_PASSWORD` for one that is shorter than 16 characters or not printable ASCII.
 */
export async function setRolePasswords(
  db: Pick<Database, 'session'>,
  passwords: Readonly<Partial<Record<TenantRole, string>>>,
): Promise<void> {
  const entries = ROLES.flatMap((role) => (passwords[role] === undefined ? [] : [{ role, password: passwords[role] }]));
  const weak = entries.filter(({ password }) => password.length < MIN_LENGTH || !/^[\x21-\x7e]+$/.test(password));
  if (weak.length > 0) {
    const names = weak.map(({ role }) => role).join(', ');
    throw new LunaError(
      'LUNA_ROLE_PASSWORD',
      `passwords are ${MIN_LENGTH} or more printable ASCII characters; wrong: ${names}`,
    );
  }
  // Two jobs at once change the same catalogue row: the server lets one fail, and trying again is right.
  await retry(() => applyAll(db, entries), {
    attempts: 5,
    minMs: 50,
    isRetryable: (error) => /tuple concurrently/.test(errorMessage(error)),
  });
}

type Entry = Readonly<{ role: TenantRole; password: string }>;

function applyAll(db: Pick<Database, 'session'>, entries: readonly Entry[]): Promise<void> {
  return db.session(async (session) => {
    for (const { role, password } of entries) {
      // Neither part needs quoting: a name from the list above, and base64 with `$` and `:`.
      await session.script(`alter role ${role} login password '${scramVerifier(password)}'`);
    }
  });
}
