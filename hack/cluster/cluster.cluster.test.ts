import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { attempt, run } from '../lib/run.ts';
import { ensureBinaries } from './binaries.ts';
import { openCluster } from './open.ts';

const namespace = 'luna-cluster-probe';
const labels = { app: 'web' };

const statefulSet = (image: string): unknown => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'web', namespace },
  spec: {
    serviceName: 'web',
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        terminationGracePeriodSeconds: 1,
        securityContext: { runAsNonRoot: true, runAsUser: 12345, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'web',
            image,
            command: [
              '/bin/sh',
              '-c',
              'echo hello from a volume > /data/hello; echo started; exec busybox httpd -f -p 8080 -h /data',
            ],
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
            volumeMounts: [{ name: 'data', mountPath: '/data' }],
            readinessProbe: { httpGet: { path: '/hello', port: 8080 }, periodSeconds: 1 },
          },
        ],
      },
    },
    volumeClaimTemplates: [
      {
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Mi' } } },
      },
    ],
  },
});

const objects = (image: string): readonly unknown[] => [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace },
    spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
  },
  statefulSet(image),
];

describe('the local cluster', async () => {
  const cluster = await openCluster();
  const program = join(await ensureBinaries(['kubectl']), 'kubectl');
  const kubectl = (...args: string[]): Promise<string> => run(program, [`--kubeconfig=${cluster.kubeconfig}`, ...args]);
  // Only the cluster out of processes brings an image of its own that has a shell.
  const own = cluster.kind === 'local';

  beforeAll(async () => {
    if (!own) return;
    const config = await kubectl('get', 'configmap', 'local-path-config', '-n', 'local-path-storage', '-o', 'json');
    const helper = (JSON.parse(config) as { data: Record<string, string> }).data['helperPod.yaml'] ?? '';
    const image = /localhost\/luna-system\/shell:\w+/.exec(helper)?.[0] ?? '';
    const list = { apiVersion: 'v1', kind: 'List', items: objects(image) };
    await run(program, [`--kubeconfig=${cluster.kubeconfig}`, 'apply', '-f', '-'], { input: JSON.stringify(list) });
    await kubectl('rollout', 'status', 'statefulset/web', '-n', namespace, '--timeout=110s');
  });
  afterAll(async () => {
    if (own) await attempt(program, [`--kubeconfig=${cluster.kubeconfig}`, 'delete', 'namespace', namespace]);
  });

  it('runs, and a second up changes nothing', async () => {
    expect(await cluster.status()).toEqual({ kind: cluster.kind, state: 'running', problems: [] });
    expect(await cluster.up()).toBe('unchanged');
  });

  it.runIf(own)('lets a restricted pod write to its volume, and other pods reach it by name', async () => {
    const asked = await kubectl(
      'exec',
      '-n',
      namespace,
      'web-0',
      '--',
      'wget',
      '-qO-',
      `http://web.${namespace}.svc.cluster.local/hello`,
    );
    expect(asked).toBe('hello from a volume\n');
    expect(await kubectl('logs', '-n', namespace, 'web-0')).toContain('started');
  });

  it.runIf(own)('refuses a pod that asks for more than its namespace allows', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'root', namespace },
      spec: { containers: [{ name: 'root', image: 'localhost/none:1', securityContext: { privileged: true } }] },
    };
    const refused = await attempt(program, [`--kubeconfig=${cluster.kubeconfig}`, 'apply', '-f', '-'], {
      input: JSON.stringify(pod),
    });
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('violates PodSecurity "restricted');
  });

  it.runIf(own)('writes down who did what', () => {
    const audit = readFileSync('/var/lib/luna-cluster/audit/audit.log', 'utf8');
    expect(audit).toContain(`"objectRef":{"resource":"statefulsets","namespace":"${namespace}","name":"web"`);
  });
});
