import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where one test server keeps its things and listens. */
export interface Layout {
  readonly dir: string;
  readonly ports: { readonly api: number; readonly etcd: number; readonly peer: number };
  /** Bearer token of a member of system:masters. */
  readonly adminToken: string;
  /** Bearer token of the user `limited`, who may do nothing until a test binds a role. */
  readonly limitedToken: string;
  /** Where the audit log goes; undefined without one. */
  readonly auditLog: string | undefined;
}

/** The rules of an audit policy (audit.k8s.io/v1), the first that matches counts. */
export type AuditRules = readonly Readonly<Record<string, unknown>>[];

/** Where a server listens, and what it is to note. */
export interface Wanted {
  readonly ports: Layout['ports'];
  readonly auditRules?: AuditRules | undefined;
}

/** Writes the static tokens and the service accounts' signing key. */
export function prepare(dir: string, { ports, auditRules }: Wanted): Layout {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const [adminToken, limitedToken] = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')];
  const tokens = [`${adminToken},admin,admin,system:masters`, `${limitedToken},limited,limited`];
  writeFileSync(join(dir, 'tokens.csv'), `${tokens.join('\n')}\n`, { mode: 0o600 });
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(dir, 'sa.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  writeFileSync(join(dir, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  return { dir, ports, adminToken, limitedToken, auditLog: prepareAudit(dir, auditRules) };
}

function prepareAudit(dir: string, rules: AuditRules | undefined): string | undefined {
  if (rules === undefined) return undefined;
  const omitStages = ['RequestReceived', 'ResponseStarted', 'Panic'];
  const policy = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages, rules };
  writeFileSync(join(dir, 'audit-policy.json'), JSON.stringify(policy));
  return join(dir, 'audit.log');
}

/** etcd's flags: one member on loopback that trades durability for speed. */
export function etcdFlags({ dir, ports }: Layout): string[] {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.peer}`;
  return [
    '--name=test',
    `--data-dir=${join(dir, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=test=${peer}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

/** kube-apiserver's flags. It makes its own serving certificate in the directory. */
export function apiServerFlags({ dir, ports, auditLog }: Layout): string[] {
  const audit = [`--audit-log-path=${auditLog}`, `--audit-policy-file=${join(dir, 'audit-policy.json')}`];
  return [
    // One file: whoever reads along must not lose it to rotation.
    ...(auditLog === undefined ? [] : [...audit, '--audit-log-maxsize=4096']),
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    `--cert-dir=${join(dir, 'certs')}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${ports.api}`,
    `--token-auth-file=${join(dir, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    // A thousand tenants have more Services than a small range has addresses.
    '--service-cluster-ip-range=10.96.0.0/16',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${join(dir, 'sa.pub')}`,
    `--service-account-signing-key-file=${join(dir, 'sa.key')}`,
    // Nothing makes the service accounts' tokens here, so pods would be refused for the lack of them.
    '--disable-admission-plugins=ServiceAccount',
    // A loopback address is no valid endpoint.
    '--endpoint-reconciler-type=none',
    '--allow-privileged=true',
    '--shutdown-delay-duration=0s',
  ];
}

/** The API server's address. */
export const urlOf = (layout: Layout): string => `https://127.0.0.1:${layout.ports.api}`;

/** A kubeconfig (JSON is YAML) for one of the static tokens. */
export function writeKubeconfig(layout: Layout, user: { name: string; token: string }): string {
  const ca = readFileSync(join(layout.dir, 'certs', 'apiserver.crt')).toString('base64');
  const path = join(layout.dir, `${user.name}.kubeconfig`);
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: urlOf(layout), 'certificate-authority-data': ca } }],
    users: [{ name: user.name, user: { token: user.token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: user.name } }],
    'current-context': 'test',
  };
  writeFileSync(path, JSON.stringify(kubeconfig), { mode: 0o600 });
  return path;
}
