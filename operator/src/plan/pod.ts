import type { Platform } from '../platform.ts';
import type { LunaTenant } from '../tenant.ts';
import { pullSecretsOf, schedulingOf } from './scheduling.ts';

/** The part of a container that Luna uses. */
export interface Container {
  name: string;
  image: string;
  imagePullPolicy: string;
  command?: string[];
  args?: string[];
  env: EnvVar[];
  ports?: { name: string; containerPort: number; protocol: 'TCP' }[];
  resources: Resources;
  securityContext: typeof restrictedContainer;
  volumeMounts: { name: string; mountPath: string; readOnly?: true }[];
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  terminationMessagePolicy: 'FallbackToLogsOnError';
}

export type EnvVar =
  { name: string; value: string } | { name: string; valueFrom: { secretKeyRef: { name: string; key: string } } };

export type Quantities = Record<string, string | number>;
export interface Resources {
  requests?: Quantities;
  limits?: Quantities;
}

export interface Probe {
  exec?: { command: string[] };
  httpGet?: { path: string; port: string };
  tcpSocket?: { port: string };
  periodSeconds: number;
  timeoutSeconds: number;
  failureThreshold: number;
}

/** Pod Security `restricted`, and a read-only root on top. */
export const restrictedContainer = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
} as const;

export interface ContainerInput {
  name: string;
  image: string;
  platform: Platform;
  resources: Resources;
  env?: EnvVar[];
  command?: string[];
  args?: string[];
  port?: number;
  /** Volume name -> mount path. */
  mounts: Record<string, string>;
  readOnlyMounts?: Record<string, string>;
  probes?: Pick<Container, 'startupProbe' | 'livenessProbe' | 'readinessProbe'>;
}

/** A container that Pod Security `restricted` admits. */
export function container(input: ContainerInput): Container {
  const { name, image, platform, resources, command, args, port } = input;
  return {
    name,
    image,
    imagePullPolicy: platform.imagePullPolicy,
    ...(command === undefined ? {} : { command }),
    ...(args === undefined ? {} : { args }),
    env: input.env ?? [],
    ...(port === undefined ? {} : { ports: [{ name: 'http', containerPort: port, protocol: 'TCP' as const }] }),
    resources,
    securityContext: restrictedContainer,
    volumeMounts: [
      ...Object.entries(input.mounts).map(([volume, mountPath]) => ({ name: volume, mountPath })),
      ...Object.entries(input.readOnlyMounts ?? {}).map(([volume, mountPath]) => ({
        name: volume,
        mountPath,
        readOnly: true as const,
      })),
    ],
    ...input.probes,
    terminationMessagePolicy: 'FallbackToLogsOnError',
  };
}

export interface PodInput {
  labels: Record<string, string>;
  annotations?: Record<string, string>;
  serviceAccount: string;
  /** User and group id of every process in the pod. */
  uid: number;
  platform: Platform;
  tenant: LunaTenant;
  /** What the component wants otherwise than the tenant. */
  scheduling?: LunaTenant['spec']['scheduling'] | undefined;
  containers: Container[];
  initContainers?: Container[];
  volumes: object[];
  graceSeconds?: number;
  restartPolicy?: 'Never';
  /** Only for the one pod that talks to the API server. */
  mountToken?: boolean;
  spread?: object[];
}

/** A pod template that Pod Security `restricted` admits. */
export function podTemplate(input: PodInput): { metadata: object; spec: PodSpec } {
  const { uid, platform, tenant } = input;
  const pullSecrets = pullSecretsOf(tenant, platform);
  return {
    metadata: { labels: input.labels, ...(input.annotations === undefined ? {} : { annotations: input.annotations }) },
    spec: {
      serviceAccountName: input.serviceAccount,
      automountServiceAccountToken: input.mountToken ?? false,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: uid,
        runAsGroup: uid,
        fsGroup: uid,
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' },
      },
      ...(pullSecrets.length === 0 ? {} : { imagePullSecrets: pullSecrets }),
      ...schedulingOf(tenant, platform, input.scheduling),
      ...(input.initContainers === undefined ? {} : { initContainers: input.initContainers }),
      containers: input.containers,
      volumes: input.volumes,
      terminationGracePeriodSeconds: input.graceSeconds ?? 30,
      ...(input.restartPolicy === undefined ? {} : { restartPolicy: input.restartPolicy }),
      ...(input.spread === undefined ? {} : { topologySpreadConstraints: input.spread }),
    },
  };
}

export interface PodSpec {
  serviceAccountName: string;
  automountServiceAccountToken: boolean;
  enableServiceLinks: false;
  securityContext: object;
  imagePullSecrets?: { name: string }[];
  initContainers?: Container[];
  containers: Container[];
  volumes: object[];
  terminationGracePeriodSeconds: number;
  restartPolicy?: 'Never';
  topologySpreadConstraints?: object[];
  nodeSelector?: Record<string, string>;
  tolerations?: object[];
  affinity?: object;
  priorityClassName?: string;
}

/** A scratch volume that dies with the pod. */
export function scratch(name: string, sizeLimit: string): object {
  return { name, emptyDir: { sizeLimit } };
}

/** An environment variable whose value stands in a Secret. */
export function fromSecret(name: string, secret: string, key: string): EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secret, key } } };
}

/** Plain environment variables. */
export function plain(values: Record<string, string>): EnvVar[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

/** The tenant's own figures, each filled up with the default for what it leaves out. */
export function resources(
  own: Resources | undefined,
  fallback: { cpu: string; memory: string; limit: string },
): Resources {
  return {
    requests: { cpu: fallback.cpu, memory: fallback.memory, ...own?.requests },
    limits: { memory: fallback.limit, ...own?.limits },
  };
}
