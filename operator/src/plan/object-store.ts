import type { LunaTenant, LunaTenantSpec } from '../tenant.ts';

/** Where original files go. In a file of its own: Secrets, policies and the API need it as well as the server, and some of them each other. */
export const OBJECT_STORE = 'object-store';
export const OBJECT_STORE_PORT = 9000;
export const OBJECT_STORE_KEYS = 'object-store-keys';

type ObjectStoreSpec = NonNullable<LunaTenantSpec['objectStore']>;

/** What the tenant says of an object store of its own in the cluster; undefined when there is to be none. */
export function ownObjectStore({ spec }: LunaTenant): ObjectStoreSpec | undefined {
  const { objectStore } = spec;
  return objectStore?.enabled === true && objectStore.s3 === undefined ? objectStore : undefined;
}

/** How the API finds the object store, and the Secret with the keys to it; undefined where there is none. */
export function objectStoreOf(tenant: LunaTenant): { env: Record<string, string>; secret: string } | undefined {
  const { objectStore } = tenant.spec;
  if (ownObjectStore(tenant) !== undefined) {
    const endpoint = `http://${OBJECT_STORE}:${OBJECT_STORE_PORT}`;
    const env = { S3_ENDPOINT: endpoint, S3_BUCKET: 'originals', S3_CREATE_BUCKET: 'true' };
    return { env, secret: OBJECT_STORE_KEYS };
  }
  if (objectStore?.s3 === undefined) return undefined;
  const { endpoint, bucket, region, secretName } = objectStore.s3;
  // Switched off, what is in the bucket must still be read and removed.
  const stores = objectStore.enabled ? {} : { S3_STORE: 'false' };
  return { env: { S3_ENDPOINT: endpoint, S3_BUCKET: bucket, S3_REGION: region, ...stores }, secret: secretName };
}

/** The port behind an address such as https://s3.example.com or http://10.0.0.7:9000. */
export function portOf(endpoint: string): number {
  const { port, protocol } = new URL(endpoint);
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}
