import { buffer } from 'node:stream/consumers';
import { createHttpClient } from '@luna-iems/service-kit';
import { openForward } from '../../hack/tenant/port-forward.ts';
import { createObjectStore } from '../../tenant-api/src/originals/s3.ts';
import type { S3Keys } from '../../tenant-api/src/originals/s3-keys.ts';
import { get } from './kubectl.ts';

/** The tenant's own object store, past its API: what lies in it. */
export interface TenantObjects {
  keys(): Promise<string[]>;
  read(key: string): Promise<Buffer>;
  close(): Promise<void>;
}

function keysOf(namespace: string): S3Keys {
  const { data = {} } = get<{ data?: Record<string, string> }>('secret', 'object-store-keys', namespace) ?? {};
  const entry = (name: string): string => Buffer.from(data[name] ?? '', 'base64').toString();
  return { accessKeyId: entry('access-key'), secretAccessKey: entry('secret-key') };
}

/** Opens a way to the object store in `luna-<tenant>`, with the keys that the API has. Close it after use. */
export async function openTenantObjects(tenant: string): Promise<TenantObjects> {
  const namespace = `luna-${tenant}`;
  const forward = await openForward({ program: 'kubectl', namespace, resource: 'svc/object-store', port: 9000 });
  const endpoint = `http://127.0.0.1:${String(forward.localPort)}`;
  const http = createHttpClient({ name: 'object store', baseUrl: endpoint });
  const keys = keysOf(namespace);
  const objects = createObjectStore({
    http,
    endpoint,
    bucket: 'originals',
    region: 'us-east-1',
    keys: async () => keys,
  });
  return {
    keys: async () => (await objects.list('')).objects.map(({ key }) => key),
    read: async (key) => buffer(await objects.get(key, 0)),
    close: async () => {
      await http.close();
      await forward.close();
    },
  };
}
