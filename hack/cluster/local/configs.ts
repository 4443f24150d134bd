import { join } from 'node:path';

import { clusterName, controlGroup, network, paths } from './settings.ts';

const pki = (file: string): string => join(paths.pki, file);
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** A kubeconfig that holds file names, not keys: for the cluster's own parts. */
export const kubeconfigFor = (user: string): string =>
  json({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: clusterName,
        cluster: {
          server: `https://${network.bridgeAddress}:${network.apiPort}`,
          'certificate-authority': pki('ca.crt'),
        },
      },
    ],
    users: [{ name: user, user: { 'client-certificate': pki(`${user}.crt`), 'client-key': pki(`${user}.key`) } }],
    contexts: [{ name: clusterName, context: { cluster: clusterName, user } }],
    'current-context': clusterName,
  });

/** What the kubelet is told. Where it differs from the defaults, the comment says why. */
export const kubeletConfig = (): string =>
  json({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: network.bridgeAddress,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: pki('ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: pki('kubelet-server.crt'),
    tlsPrivateKeyFile: pki('kubelet-server.key'),
    clusterDNS: [network.dnsServiceAddress],
    clusterDomain: 'cluster.local',
    resolvConf: join(paths.config, 'resolv.conf'),
    containerRuntimeEndpoint: `unix://${paths.containerdSocket}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${controlGroup}`,
    podLogsDir: join(paths.state, 'pod-logs'),
    volumePluginDir: join(paths.kubelet, 'volume-plugins'),
    failSwapOn: false,
    // Lowering its own score needs CAP_SYS_RESOURCE, which build machines do not give.
    oomScoreAdj: 0,
    // kube-proxy writes nftables; these would be iptables chains that nobody uses and somebody must remove.
    makeIPTablesUtilChains: false,
    // Images come from archives, not from a registry: what the kubelet throws away it cannot pull again.
    imageGCHighThresholdPercent: 100,
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1Gi', 'imagefs.available': '1Gi' },
    // A newcomer's pods should not wait for the defaults meant for a hundred nodes.
    serializeImagePulls: false,
    nodeStatusUpdateFrequency: '5s',
    shutdownGracePeriod: '0s',
  });

/** kube-proxy in nftables mode: one table, which is removed in one go. Machine-wide conntrack settings are left alone. */
export const proxyConfig = (): string =>
  json({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    bindAddress: network.bridgeAddress,
    healthzBindAddress: '127.0.0.1:10256',
    metricsBindAddress: '127.0.0.1:10249',
    hostnameOverride: network.nodeName,
    clusterCIDR: network.podCidr,
    detectLocalMode: 'ClusterCIDR',
    nodePortAddresses: [`${network.bridgeAddress}/32`],
    oomScoreAdj: 0,
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
    clientConnection: { kubeconfig: join(paths.kubeconfigs, 'proxy.yaml') },
  });

/** containerd apart from any other on the machine: own socket, own state, own network namespaces' directory. */
export const containerdConfig = (pauseImage: string): string => `version = 2
root = "${paths.containerdRoot}"
state = "${paths.containerdState}"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.internal.v1.opt"]

[grpc]
  address = "${paths.containerdSocket}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  # Without CAP_SYS_RESOURCE a container's start ends with "can't get final child's PID from pipe: EOF".
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  disable_apparmor = true

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "${paths.cniPlugins}"
  conf_dir = "${join(paths.config, 'cni')}"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
`;

/** The pod network: one bridge, addresses handed out from a file, no masquerading of its own (see `ensureNetwork`). */
export const cniConfig = (): string =>
  json({
    cniVersion: '0.4.0',
    name: 'luna-pods',
    plugins: [
      {
        type: 'bridge',
        bridge: network.bridge,
        isDefaultGateway: true,
        hairpinMode: true,
        ipMasq: false,
        ipam: {
          type: 'host-local',
          dataDir: paths.cni,
          ranges: [[{ subnet: network.podCidr, gateway: network.bridgeAddress }]],
        },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  });

/** What the API server writes down: who changed or read what, without bodies, and not the parts' own heartbeats. */
export const auditPolicy = (): string =>
  json({
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [
      { level: 'None', nonResourceURLs: ['/healthz*', '/livez*', '/readyz*', '/version', '/openapi*'] },
      { level: 'None', users: ['system:apiserver'] },
      { level: 'None', userGroups: ['system:nodes'] },
      { level: 'Metadata' },
    ],
  });

/** The machine's name servers for pods that ask for them; a resolver on loopback is not there inside a pod. */
export const resolvConf = (machines: string): string => {
  const usable = machines.split('\n').filter((line) => /^\s*nameserver\s+(?!127\.|::1)/.test(line));
  return usable.length ? `${usable.join('\n')}\n` : '';
};
