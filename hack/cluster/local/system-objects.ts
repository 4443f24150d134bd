import type { SystemImages } from './system-images.ts';
import { network, paths } from './settings.ts';

/** A Kubernetes object as JSON. */
export type KubernetesObject = Readonly<Record<string, unknown>>;

const dnsName = 'coredns';
const dnsNamespace = 'kube-system';
const dnsLabels = { 'k8s-app': 'kube-dns' };
const volumesName = 'local-path-provisioner';
const volumesNamespace = 'local-path-storage';
const rbac = 'rbac.authorization.k8s.io/v1';

const corefile = (forwarding: boolean): string => `.:53 {
    errors
    health {
        lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 30
    }
${forwarding ? '    forward . /etc/resolv.conf\n' : ''}    cache 30
}
`;

const roleFor = (name: string, namespace: string, rules: readonly unknown[]): readonly KubernetesObject[] => [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
  { apiVersion: rbac, kind: 'ClusterRole', metadata: { name: `luna:${name}` }, rules },
  {
    apiVersion: rbac,
    kind: 'ClusterRoleBinding',
    metadata: { name: `luna:${name}` },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `luna:${name}` },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  },
];

const dnsContainer = (image: string): KubernetesObject => ({
  name: dnsName,
  image,
  args: ['-conf', '/etc/coredns/Corefile'],
  imagePullPolicy: 'IfNotPresent',
  resources: { requests: { cpu: '50m', memory: '40Mi' }, limits: { memory: '170Mi' } },
  ports: [
    { name: 'dns', containerPort: 53, protocol: 'UDP' },
    { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
  ],
  volumeMounts: [{ name: 'config', mountPath: '/etc/coredns', readOnly: true }],
  readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 2 },
  livenessProbe: { httpGet: { path: '/health', port: 8080 }, initialDelaySeconds: 30, timeoutSeconds: 5 },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
  },
});

const deployment = (
  name: string,
  namespace: string,
  labels: Record<string, string>,
  pod: unknown,
): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace, labels },
  spec: {
    replicas: 1,
    revisionHistoryLimit: 1,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: pod },
  },
});

const dns = (image: string, forwarding: boolean): readonly KubernetesObject[] => [
  ...roleFor(dnsName, dnsNamespace, [
    { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
  ]),
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: dnsName, namespace: dnsNamespace },
    data: { Corefile: corefile(forwarding) },
  },
  deployment(dnsName, dnsNamespace, dnsLabels, {
    serviceAccountName: dnsName,
    priorityClassName: 'system-cluster-critical',
    dnsPolicy: 'Default',
    containers: [dnsContainer(image)],
    volumes: [{ name: 'config', configMap: { name: dnsName } }],
  }),
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace: dnsNamespace, labels: dnsLabels },
    spec: {
      clusterIP: network.dnsServiceAddress,
      selector: dnsLabels,
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
      ],
    },
  },
];

const helperPod = (image: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'helper-pod' },
    spec: {
      priorityClassName: 'system-node-critical',
      containers: [{ name: 'helper-pod', image, imagePullPolicy: 'IfNotPresent' }],
    },
  });

const volumeConfig = (shellImage: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'local-path-config', namespace: volumesNamespace },
  data: {
    'config.json': JSON.stringify({
      nodePathMap: [{ node: 'DEFAULT_PATH_FOR_NON_LISTED_NODES', paths: [paths.volumes] }],
    }),
    // Open to all, because the pods that use it run as users that root does not know.
    setup: '#!/bin/sh\nset -eu\nmkdir -m 0777 -p "$VOL_DIR"\n',
    teardown: '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"\n',
    'helperPod.yaml': helperPod(shellImage),
  },
});

const volumes = (images: SystemImages): readonly KubernetesObject[] => [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: volumesNamespace } },
  ...roleFor(volumesName, volumesNamespace, [
    {
      apiGroups: [''],
      resources: ['nodes', 'persistentvolumeclaims', 'configmaps', 'pods/log'],
      verbs: ['get', 'list', 'watch'],
    },
    {
      apiGroups: [''],
      resources: ['persistentvolumes', 'pods'],
      verbs: ['get', 'list', 'watch', 'create', 'patch', 'update', 'delete'],
    },
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
    { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['get', 'list', 'watch'] },
  ]),
  volumeConfig(images.shell.ref),
  deployment(
    volumesName,
    volumesNamespace,
    { app: volumesName },
    {
      serviceAccountName: volumesName,
      containers: [
        {
          name: volumesName,
          image: images.localPathProvisioner.ref,
          imagePullPolicy: 'IfNotPresent',
          args: ['start', '--config', '/etc/config/config.json', '--service-account-name', volumesName],
          env: [
            { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
            { name: 'CONFIG_MOUNT_PATH', value: '/etc/config/' },
          ],
          volumeMounts: [{ name: 'config', mountPath: '/etc/config' }],
        },
      ],
      volumes: [{ name: 'config', configMap: { name: 'local-path-config' } }],
    },
  ),
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'rancher.io/local-path',
    volumeBindingMode: 'WaitForFirstConsumer',
    reclaimPolicy: 'Delete',
  },
];

/** What has to be in the cluster before it is one: names and volumes. `forwarding`: whether there is a name server to ask outside. */
export const systemObjects = (images: SystemImages, forwarding: boolean): readonly KubernetesObject[] => [
  ...dns(images.coredns.ref, forwarding),
  ...volumes(images),
];
