import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { run } from '../../lib/run.ts';
import { network, paths } from './settings.ts';

/** A certificate to issue: its file name, whom it names, and for servers the names and addresses they answer to. */
export interface CertificateRequest {
  readonly name: string;
  readonly authority: 'ca' | 'front-proxy-ca' | 'etcd-ca';
  readonly commonName: string;
  readonly group?: string;
  readonly servedAs?: readonly string[];
}

const loopback = ['DNS:localhost', 'IP:127.0.0.1'];
const node = network.nodeName;

/** Every certificate of the cluster. The names and groups are those that Kubernetes' own roles and authorizers expect. */
export const certificateRequests: readonly CertificateRequest[] = [
  { name: 'etcd', authority: 'etcd-ca', commonName: 'etcd', servedAs: loopback },
  { name: 'etcd-client', authority: 'etcd-ca', commonName: 'kube-apiserver' },
  {
    name: 'apiserver',
    authority: 'ca',
    commonName: 'kube-apiserver',
    servedAs: [
      ...loopback,
      ...['', '.default', '.default.svc', '.default.svc.cluster.local'].map((tail) => `DNS:kubernetes${tail}`),
      `IP:${network.bridgeAddress}`,
      `IP:${network.apiServiceAddress}`,
    ],
  },
  { name: 'apiserver-kubelet', authority: 'ca', commonName: 'kube-apiserver-kubelet', group: 'system:masters' },
  {
    name: 'kubelet-server',
    authority: 'ca',
    commonName: `system:node:${node}`,
    group: 'system:nodes',
    servedAs: [`DNS:${node}`, `IP:${network.bridgeAddress}`],
  },
  { name: 'kubelet', authority: 'ca', commonName: `system:node:${node}`, group: 'system:nodes' },
  { name: 'controller-manager', authority: 'ca', commonName: 'system:kube-controller-manager' },
  { name: 'scheduler', authority: 'ca', commonName: 'system:kube-scheduler' },
  { name: 'proxy', authority: 'ca', commonName: 'system:kube-proxy' },
  { name: 'admin', authority: 'ca', commonName: 'luna-admin', group: 'system:masters' },
  { name: 'front-proxy', authority: 'front-proxy-ca', commonName: 'front-proxy-client' },
];

/** The X.509 extensions of one leaf certificate, as OpenSSL's configuration spells them. */
export const extensions = (request: CertificateRequest): string =>
  [
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,digitalSignature,keyEncipherment',
    // etcd's gateway dials its own server with the server's certificate, so servers are clients too.
    `extendedKeyUsage=${request.servedAs ? 'serverAuth,clientAuth' : 'clientAuth'}`,
    ...(request.servedAs ? [`subjectAltName=${request.servedAs.join(',')}`] : []),
  ].join('\n');

const days = '3650';
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const certificate = (name: string): string => join(paths.pki, `${name}.crt`);
const key = (name: string): string => join(paths.pki, `${name}.key`);

const issueAuthority = async (name: string): Promise<void> => {
  const usage = ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
  const out = ['-keyout', key(name), '-out', certificate(name)];
  await run('openssl', ['req', '-x509', ...newKey, '-days', days, '-subj', `/CN=luna-${name}`, ...usage, ...out]);
};

const issue = async (request: CertificateRequest): Promise<void> => {
  const { name, authority } = request;
  const subject = `${request.group ? `/O=${request.group}` : ''}/CN=${request.commonName}`;
  const extensionFile = join(paths.pki, `${name}.ext`);
  const asked = await run('openssl', ['req', ...newKey, '-subj', subject, '-keyout', key(name)]);
  writeFileSync(extensionFile, extensions(request));
  const signer = ['-CA', certificate(authority), '-CAkey', key(authority), '-CAcreateserial'];
  const out = ['-days', days, '-extfile', extensionFile, '-out', certificate(name)];
  await run('openssl', ['x509', '-req', ...signer, ...out], { input: asked });
  rmSync(extensionFile);
};

/** Makes the authorities, certificates and the service-account key once; later calls change nothing. */
export const ensureCertificates = async (): Promise<void> => {
  const complete = join(paths.pki, '.complete');
  if (existsSync(complete)) return;
  rmSync(paths.pki, { recursive: true, force: true });
  mkdirSync(paths.pki, { recursive: true, mode: 0o700 });
  for (const authority of ['ca', 'front-proxy-ca', 'etcd-ca']) await issueAuthority(authority);
  for (const request of certificateRequests) await issue(request);
  await run('openssl', [
    'genpkey',
    '-algorithm',
    'RSA',
    '-pkeyopt',
    'rsa_keygen_bits:2048',
    '-out',
    key('service-account'),
  ]);
  await run('openssl', [
    'pkey',
    '-in',
    key('service-account'),
    '-pubout',
    '-out',
    join(paths.pki, 'service-account.pub'),
  ]);
  writeFileSync(complete, '');
};
