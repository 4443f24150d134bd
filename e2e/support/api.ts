import { createApi } from '../../hack/tenant/api.ts';
import { openForward } from '../../hack/tenant/port-forward.ts';
import { keyFromEntry } from '../../hack/tenant/session.ts';
import { kubectl } from './kubectl.ts';

/** A tenant's API over a port-forward: plain requests, so that a test sees status codes and bodies as they are. */
export interface TenantApi {
  readonly key: string;
  readonly baseUrl: string;
  send(path: string, init?: RequestInit): Promise<Response>;
  json<T>(path: string, init?: RequestInit): Promise<T>;
  close(): Promise<void>;
}

/** Opens a way to the API of the tenant in `luna-<tenant>`, with its `admin` key. Close it after use. */
export async function openTenantApi(tenant: string): Promise<TenantApi> {
  const namespace = `luna-${tenant}`;
  const key = keyFromEntry(
    kubectl(['-n', namespace, 'get', 'secret', 'tenant-api-keys', '-o', 'jsonpath={.data.admin}']),
  );
  const forward = await openForward({ program: 'kubectl', namespace, resource: 'svc/tenant-api', port: 80 });
  const { baseUrl } = createApi(`http://127.0.0.1:${String(forward.localPort)}`, key);
  const send = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${baseUrl}${path}`, {
      signal: AbortSignal.timeout(180_000),
      ...init,
      headers: { authorization: `Bearer ${key}`, ...(init.headers as Record<string, string> | undefined) },
    });
  return {
    key,
    baseUrl,
    send,
    json: async <T>(path: string, init?: RequestInit) => {
      const response = await send(path, init);
      if (!response.ok) throw new Error(`${path}: ${String(response.status)} ${await response.text()}`);
      return (await response.json()) as T;
    },
    close: () => forward.close(),
  };
}

/** A JSON body as `fetch` wants it. */
export const posting = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** Runs one query in the tenant's database as its owner and returns the rows as text. */
export function query(tenant: string, sql: string): string {
  const args = ['exec', '-n', `luna-${tenant}`, 'statefulset/postgres', '-c', 'postgres', '--'];
  return kubectl([...args, 'psql', '-U', 'luna_owner', '-d', 'luna', '-At', '-c', sql]).trim();
}
