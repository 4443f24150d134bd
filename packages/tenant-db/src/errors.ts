import { LunaError, errorCode, errorMessage } from '@luna-iems/service-kit';

/** A statement or connection that failed; `sqlState` and `constraint` as PostgreSQL named them. */
export class DatabaseError extends LunaError {
  readonly sqlState: string | undefined;
  readonly constraint: string | undefined;

  constructor(code: string, message: string, facts: { cause: unknown; status: number }) {
    super(code, message, facts);
    this.name = 'DatabaseError';
    const cause = facts.cause as { code?: unknown; constraint?: unknown } | undefined;
    this.sqlState = isSqlState(cause?.code) ? cause.code : undefined;
    this.constraint = typeof cause?.constraint === 'string' ? cause.constraint : undefined;
  }
}

interface Kind {
  readonly code: string;
  readonly status: number;
}

const BY_STATE: Readonly<Record<string, Kind>> = {
  '57014': { code: 'LUNA_DB_TIMEOUT', status: 504 },
  '55P03': { code: 'LUNA_DB_LOCKED', status: 503 },
  '40001': { code: 'LUNA_DB_SERIALIZATION', status: 503 },
  '40P01': { code: 'LUNA_DB_SERIALIZATION', status: 503 },
  '23505': { code: 'LUNA_DB_CONFLICT', status: 409 },
  '42501': { code: 'LUNA_DB_FORBIDDEN', status: 500 },
  '28P01': { code: 'LUNA_DB_LOGIN', status: 503 },
  '28000': { code: 'LUNA_DB_LOGIN', status: 503 },
};

const UNREACHABLE: Kind = { code: 'LUNA_DB_UNREACHABLE', status: 503 };
/** Starting up, shutting down, crash of a peer, too many connections, lost connection: all pass by themselves. */
const TRANSIENT_STATE = /^(57P0[1-3]|53300|08...)$/;
const CONNECTION_TEXT =
  /connection terminated|timeout exceeded when trying to connect|connection ended|client was closed/i;

/** Turns what the driver threw into a DatabaseError; a LunaError passes unchanged. */
export function databaseError(error: unknown): LunaError {
  if (error instanceof LunaError) return error;
  const kind = kindOf(error);
  return new DatabaseError(kind.code, `database: ${errorMessage(error)}`, { cause: error, status: kind.status });
}

/** True while trying again later may help: the server is away, starting, full, or another transaction was in the way. */
export function isTransientDatabaseError(error: unknown): boolean {
  const code = error instanceof LunaError ? error.code : kindOf(error).code;
  return ['LUNA_DB_UNREACHABLE', 'LUNA_DB_SERIALIZATION', 'LUNA_DB_LOCKED'].includes(code);
}

function kindOf(error: unknown): Kind {
  const state = errorCode(error);
  if (isSqlState(state)) {
    return BY_STATE[state] ?? (TRANSIENT_STATE.test(state) ? UNREACHABLE : { code: 'LUNA_DB_QUERY', status: 500 });
  }
  if (error instanceof Error && /query read timeout/i.test(error.message))
    return { code: 'LUNA_DB_TIMEOUT', status: 504 };
  const lost = state !== undefined || (error instanceof Error && CONNECTION_TEXT.test(error.message));
  return lost ? UNREACHABLE : { code: 'LUNA_DB_QUERY', status: 500 };
}

function isSqlState(code: unknown): code is string {
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code);
}
