import { join } from 'node:path';

import { cacheDir } from '../../lib/cache.ts';

const state = '/var/lib/luna-cluster';
const runtime = '/run/luna-cluster';

/** Where the local cluster lives. `state` outlives a reboot, `runtime` does not, and `cache` outlives the cluster itself. */
export const paths = {
  state,
  runtime,
  pki: join(state, 'pki'),
  kubeconfigs: join(state, 'kubeconfigs'),
  config: join(state, 'config'),
  logs: join(state, 'logs'),
  audit: join(state, 'audit', 'audit.log'),
  etcd: join(state, 'etcd'),
  kubelet: join(state, 'kubelet'),
  volumes: join(state, 'volumes'),
  cni: join(state, 'cni'),
  adminKubeconfig: join(state, 'kubeconfigs', 'admin.yaml'),
  before: join(state, 'before.json'),
  pids: join(runtime, 'pids'),
  containerdSocket: join(runtime, 'containerd.sock'),
  containerdState: join(runtime, 'containerd'),
  containerdRoot: join(cacheDir(), 'containerd'),
  cniPlugins: '/usr/lib/cni',
} as const;

/**
 * Addresses and ports. Everything listens on loopback or on the bridge, which no other machine reaches. The bridge's address is
 * the node's too, so the cluster does not care which networks the machine is on.
 */
export const network = {
  bridge: 'luna0',
  nodeName: 'luna',
  podCidr: '10.244.0.0/16',
  bridgeAddress: '10.244.0.1',
  serviceCidr: '10.96.0.0/16',
  apiServiceAddress: '10.96.0.1',
  dnsServiceAddress: '10.96.0.10',
  apiPort: 6443,
  etcdPort: 12379,
  etcdPeerPort: 12380,
  table: 'luna-cluster',
} as const;

/** The cluster's name: of its control group, its context and its cluster entry in a kubeconfig. */
export const clusterName = 'luna';

/** The control group of everything the cluster runs; pods are below it, so none can hide from `down`. */
export const controlGroup = 'luna-cluster';
