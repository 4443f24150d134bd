import { dirname, join } from 'node:path';

import { network, paths } from './settings.ts';

/** A process of the cluster: how it is started, and the configuration files that it reads at its start. */
export interface Part {
  readonly name: string;
  readonly argv: readonly string[];
  readonly files: readonly string[];
}

const pki = (file: string): string => join(paths.pki, file);
const config = (file: string): string => join(paths.config, file);
const flags = (values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).map(([key, value]) => `--${key}=${value}`);

const etcd = (bin: string): Part => {
  const client = `https://127.0.0.1:${network.etcdPort}`;
  const peer = `http://127.0.0.1:${network.etcdPeerPort}`;
  return {
    name: 'etcd',
    files: [],
    argv: [
      join(bin, 'etcd'),
      ...flags({
        name: network.nodeName,
        'data-dir': paths.etcd,
        'listen-client-urls': client,
        'advertise-client-urls': client,
        'listen-peer-urls': peer,
        'initial-advertise-peer-urls': peer,
        'initial-cluster': `${network.nodeName}=${peer}`,
        'cert-file': pki('etcd.crt'),
        'key-file': pki('etcd.key'),
        'trusted-ca-file': pki('etcd-ca.crt'),
        'client-cert-auth': 'true',
        // A killed process loses nothing by this, only a machine that loses its power: a fair price on slow disks.
        'unsafe-no-fsync': 'true',
        'log-level': 'warn',
      }),
    ],
  };
};

const apiserver = (bin: string): Part => ({
  name: 'kube-apiserver',
  files: [config('audit-policy.json')],
  argv: [
    join(bin, 'kube-apiserver'),
    ...flags({
      'bind-address': network.bridgeAddress,
      'advertise-address': network.bridgeAddress,
      'secure-port': String(network.apiPort),
      'etcd-servers': `https://127.0.0.1:${network.etcdPort}`,
      'etcd-cafile': pki('etcd-ca.crt'),
      'etcd-certfile': pki('etcd-client.crt'),
      'etcd-keyfile': pki('etcd-client.key'),
      'tls-cert-file': pki('apiserver.crt'),
      'tls-private-key-file': pki('apiserver.key'),
      'client-ca-file': pki('ca.crt'),
      'kubelet-certificate-authority': pki('ca.crt'),
      'kubelet-client-certificate': pki('apiserver-kubelet.crt'),
      'kubelet-client-key': pki('apiserver-kubelet.key'),
      // The node's name need not resolve on the machine; its address always works.
      'kubelet-preferred-address-types': 'InternalIP',
      'authorization-mode': 'Node,RBAC',
      'enable-admission-plugins': 'NodeRestriction',
      'allow-privileged': 'true',
      'service-cluster-ip-range': network.serviceCidr,
      'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
      'service-account-key-file': pki('service-account.pub'),
      'service-account-signing-key-file': pki('service-account.key'),
      'requestheader-client-ca-file': pki('front-proxy-ca.crt'),
      'requestheader-allowed-names': 'front-proxy-client',
      'requestheader-username-headers': 'X-Remote-User',
      'requestheader-group-headers': 'X-Remote-Group',
      'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
      'proxy-client-cert-file': pki('front-proxy.crt'),
      'proxy-client-key-file': pki('front-proxy.key'),
      'enable-aggregator-routing': 'true',
      'audit-policy-file': config('audit-policy.json'),
      'audit-log-path': paths.audit,
      'audit-log-maxsize': '100',
      'audit-log-maxbackup': '2',
      profiling: 'false',
    }),
  ],
});

const ownKubeconfig = (user: string): Record<string, string> => {
  const file = join(paths.kubeconfigs, `${user}.yaml`);
  return { kubeconfig: file, 'authentication-kubeconfig': file, 'authorization-kubeconfig': file };
};

const controllerManager = (bin: string): Part => ({
  name: 'kube-controller-manager',
  files: [],
  argv: [
    join(bin, 'kube-controller-manager'),
    ...flags({
      ...ownKubeconfig('controller-manager'),
      'bind-address': '127.0.0.1',
      'leader-elect': 'false',
      'use-service-account-credentials': 'true',
      'root-ca-file': pki('ca.crt'),
      'service-account-private-key-file': pki('service-account.key'),
      'cluster-signing-cert-file': pki('ca.crt'),
      'cluster-signing-key-file': pki('ca.key'),
      'flex-volume-plugin-dir': join(paths.kubelet, 'volume-plugins'),
      profiling: 'false',
    }),
  ],
});

const scheduler = (bin: string): Part => ({
  name: 'kube-scheduler',
  files: [],
  argv: [
    join(bin, 'kube-scheduler'),
    ...flags({
      ...ownKubeconfig('scheduler'),
      'bind-address': '127.0.0.1',
      'leader-elect': 'false',
      profiling: 'false',
    }),
  ],
});

const kubelet = (bin: string): Part => ({
  name: 'kubelet',
  files: [config('kubelet.json'), config('resolv.conf')],
  argv: [
    join(bin, 'kubelet'),
    ...flags({
      config: config('kubelet.json'),
      kubeconfig: join(paths.kubeconfigs, 'kubelet.yaml'),
      'root-dir': paths.kubelet,
      'cert-dir': join(paths.kubelet, 'pki'),
      'hostname-override': network.nodeName,
      'node-ip': network.bridgeAddress,
    }),
  ],
});

const proxy = (bin: string): Part => ({
  name: 'kube-proxy',
  files: [config('proxy.json')],
  argv: [join(bin, 'kube-proxy'), `--config=${config('proxy.json')}`],
});

const containerd: Part = {
  name: 'containerd',
  files: [config('containerd.toml')],
  argv: ['/usr/bin/containerd', '--config', config('containerd.toml'), '--log-level', 'warn'],
};

/** Every process of the cluster in the order in which they are started; `bin` holds the compiled programs. */
export const parts = (bin: string): readonly Part[] => [
  containerd,
  etcd(bin),
  apiserver(bin),
  controllerManager(bin),
  scheduler(bin),
  kubelet(bin),
  proxy(bin),
];

/** The directories that parts expect to find. */
export const partDirectories: readonly string[] = [
  paths.kubeconfigs,
  paths.config,
  join(paths.config, 'cni'),
  paths.logs,
  dirname(paths.audit),
  paths.volumes,
  paths.cni,
  paths.pids,
  paths.containerdRoot,
];
