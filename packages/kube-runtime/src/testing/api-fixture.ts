import { randomBytes } from 'node:crypto';
import { createClient, type Client } from '../client.ts';
import { loadConnectionConfig, type ConnectionConfig } from '../connection-config.ts';
import { createTransport, type Transport } from '../transport.ts';
import type { KubeObject, ResourceKind } from '../types.ts';

/** A client of the tier's API server, and a namespace of its own. */
export interface ApiFixture {
  readonly config: ConnectionConfig;
  readonly transport: Transport;
  readonly client: Client;
  readonly namespace: string;
  close(): Promise<void>;
}

/** Connects with a kubeconfig and makes a namespace; no controller will ever remove it, the server is thrown away whole. */
export async function openApi(kubeconfig: string, kinds: readonly ResourceKind[] = []): Promise<ApiFixture> {
  const config = await loadConnectionConfig({ kubeconfig });
  const transport = createTransport({ config, qps: 1000, burst: 1000 });
  const client = createClient({ transport, kinds });
  const namespace = `test-${randomBytes(5).toString('hex')}`;
  await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  return { config, transport, client, namespace, close: () => transport.close() };
}

/** A ConfigMap with one entry. */
export function configMap(
  namespace: string,
  name: string,
  value = 'a',
  labels: Record<string, string> = {},
): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels }, data: { value } };
}

/** Waits until `ask` is true; throws after ten seconds. */
export async function eventually(what: string, ask: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await ask())) {
    if (performance.now() > end) throw new Error(`${what}: not within 10 s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
