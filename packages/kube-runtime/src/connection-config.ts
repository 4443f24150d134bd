import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { User } from '@kubernetes/client-node';
import { KubeError } from './errors.ts';

/** Where the API server is and how to prove who we are. PEM strings, not paths. */
export interface ConnectionConfig {
  /** e.g. https://127.0.0.1:6443 */
  server: string;
  ca?: string | undefined;
  cert?: string | undefined;
  key?: string | undefined;
  /** Bearer token; `tokenFile` wins when both are given. */
  token?: string | undefined;
  /** Read anew every 60 s, and once more after a 401. */
  tokenFile?: string | undefined;
  /** Gives the whole Authorization header, for exec plug-ins. */
  authorization?: (() => Promise<string | undefined>) | undefined;
  /** Name in the server's certificate when it is not the host's. */
  tlsServerName?: string | undefined;
  insecureSkipTlsVerify?: boolean | undefined;
  /** Namespace of the context, or of the pod. */
  namespace?: string | undefined;
}

/** Inputs of {@link loadConnectionConfig}. */
export interface LoadOptions {
  /** Path of a kubeconfig; default KUBECONFIG. */
  kubeconfig?: string | undefined;
  context?: string | undefined;
  /** Default process.env. */
  env?: NodeJS.ProcessEnv;
  /** Where the pod's service account is mounted. */
  serviceAccountDir?: string;
}

const defaultServiceAccountDir = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Finds the API server the way controller-runtime does: the given kubeconfig, KUBECONFIG, the pod's service account, ~/.kube/config.
 * In a pod nothing but the service account's files is read: the client library with its 60 MB of models is not loaded.
 * Throws KUBE_CONFIG.
 */
export async function loadConnectionConfig(options: LoadOptions = {}): Promise<ConnectionConfig> {
  const env = options.env ?? process.env;
  const path = options.kubeconfig ?? env['KUBECONFIG'];
  const host = path ? undefined : env['KUBERNETES_SERVICE_HOST'];
  try {
    if (host) return await inCluster(host, env['KUBERNETES_SERVICE_PORT'] ?? '443', options.serviceAccountDir);
    return await fromKubeconfig(path, options.context);
  } catch (cause) {
    if (cause instanceof KubeError) throw cause;
    throw new KubeError(`cannot read the kubeconfig or service account: ${String(cause)}`, {
      code: 'KUBE_CONFIG',
      cause,
    });
  }
}

async function inCluster(host: string, port: string, dir = defaultServiceAccountDir): Promise<ConnectionConfig> {
  const tokenFile = join(dir, 'token');
  const [ca, namespace] = await Promise.all([
    readFile(join(dir, 'ca.crt'), 'utf8'),
    readFile(join(dir, 'namespace'), 'utf8').catch(() => undefined),
    readFile(tokenFile, 'utf8'),
  ]);
  const address = host.includes(':') ? `[${host}]` : host;
  return { server: `https://${address}:${port}`, ca, tokenFile, namespace: namespace?.trim() };
}

async function fromKubeconfig(path: string | undefined, context: string | undefined): Promise<ConnectionConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  if (path && !path.includes(':')) config.loadFromFile(path);
  else config.loadFromDefault();
  if (context) config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new KubeError(`${path ?? 'kubeconfig'} names no current context`, { code: 'KUBE_CONFIG' });
  return {
    server: cluster.server,
    ca: await pem(cluster.caData, cluster.caFile),
    tlsServerName: cluster.tlsServerName,
    insecureSkipTlsVerify: cluster.skipTLSVerify,
    namespace: config.getContextObject(config.getCurrentContext())?.namespace,
    ...(await credentials(config.getCurrentUser(), config)),
  };
}

async function credentials(user: User | null, config: PluginConfig): Promise<Partial<ConnectionConfig>> {
  if (!user) return {};
  const usesPlugin = Boolean(user.exec ?? user.authProvider ?? user.username);
  return {
    cert: await pem(user.certData, user.certFile),
    key: await pem(user.keyData, user.keyFile),
    token: user.token,
    authorization: usesPlugin ? () => pluginHeader(config) : undefined,
  };
}

async function pem(data: string | undefined, file: string | undefined): Promise<string | undefined> {
  if (data) return Buffer.from(data, 'base64').toString('utf8');
  return file ? readFile(file, 'utf8') : undefined;
}

interface PluginConfig {
  applyToHTTPSOptions(options: object): Promise<void>;
}

async function pluginHeader(config: {
  applyToHTTPSOptions(options: object): Promise<void>;
}): Promise<string | undefined> {
  const options: { headers?: Record<string, unknown>; auth?: string } = {};
  await config.applyToHTTPSOptions(options);
  const header = options.headers?.['Authorization'];
  if (typeof header === 'string') return header;
  return options.auth ? `Basic ${Buffer.from(options.auth).toString('base64')}` : undefined;
}
