import { createApi, type Api } from './api.ts';
import { CliError } from './errors.ts';
import type { Kubectl } from './kubectl.ts';
import { createLastingApi } from './lasting-api.ts';
import { openForward } from './port-forward.ts';

/** What every command is given. */
export interface Context {
  readonly tenant: string;
  readonly kubectl: Kubectl;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly print: (line: string) => void;
  /** Text without a line break, for answers that arrive in pieces. */
  readonly write: (text: string) => void;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** A way to the tenant's API, to be closed after use. */
export interface Session {
  readonly api: Api;
  readonly close: () => Promise<void>;
}

/** Whether the commands talk to an API by address (compose, a process) and no cluster is involved. */
export function isDirect(context: Context): boolean {
  return (context.env['LUNA_URL'] ?? '') !== '';
}

/** Fails with a sentence where a command makes sense in a cluster only. */
export function needCluster(context: Context, command: string): void {
  if (isDirect(context))
    throw new CliError(
      'LUNA_NEEDS_CLUSTER',
      `\`${command}\` works on a cluster; unset LUNA_URL to reach one with kubectl.`,
    );
}

interface TenantObject {
  readonly spec?: { readonly namespace?: string; readonly simulation?: { readonly enabled?: boolean } };
  readonly status?: { readonly namespace?: string };
}

/** What the commands need to know from a LunaTenant. */
export interface Tenant {
  readonly namespace: string;
  readonly simulated: boolean;
}

/** The tenant as its own object in the cluster describes it. */
export async function readTenant(context: Context): Promise<Tenant> {
  const found = (await context.kubectl.json(['get', 'lunatenants.luna-iems.io', context.tenant])) as TenantObject;
  return {
    namespace: found.status?.namespace ?? found.spec?.namespace ?? `luna-${context.tenant}`,
    simulated: found.spec?.simulation?.enabled ?? true,
  };
}

/** The key in one entry of Secret `tenant-api-keys`: base64 around `{"key": …, "scopes": […]}`. */
export function keyFromEntry(base64: string): string {
  const entry = JSON.parse(Buffer.from(base64, 'base64').toString('utf8')) as { key?: unknown };
  if (typeof entry.key !== 'string')
    throw new CliError('LUNA_KEY_UNREADABLE', 'Entry `admin` of Secret tenant-api-keys holds no key.');
  return entry.key;
}

async function adminKey(context: Context, namespace: string): Promise<string> {
  const entry = await context.kubectl.run([
    '-n',
    namespace,
    'get',
    'secret',
    'tenant-api-keys',
    '-o',
    'jsonpath={.data.admin}',
  ]);
  if (entry === '')
    throw new CliError('LUNA_KEY_MISSING', `Secret tenant-api-keys in namespace ${namespace} has no entry \`admin\`.`);
  return keyFromEntry(entry);
}

/**
 * Opens a way to the API: LUNA_URL and LUNA_API_KEY where they are set, else a port-forward to Service `tenant-api` with the key
 * of Secret `tenant-api-keys`.
 */
export async function openSession(context: Context): Promise<Session> {
  const url = context.env['LUNA_URL'];
  if (url !== undefined && url !== '')
    return { api: createApi(url, context.env['LUNA_API_KEY']), close: async () => undefined };
  const { namespace } = await readTenant(context);
  const key = await adminKey(context, namespace);
  const { program } = context.kubectl;
  return createLastingApi(() => openForward({ program, namespace, resource: 'svc/tenant-api', port: 80 }), key);
}

/** Runs `use` with an open session and closes it whatever happens. */
export async function withSession<T>(context: Context, use: (api: Api) => Promise<T>): Promise<T> {
  const session = await openSession(context);
  try {
    return await use(session.api);
  } finally {
    await session.close();
  }
}
