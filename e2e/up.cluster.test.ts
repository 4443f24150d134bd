import { describe, expect, it } from 'vitest';
import { upCommand } from './support/commands.ts';
import { get, kubectl, list, type Live } from './support/kubectl.ts';
import { ready, tenant } from './support/tenants.ts';

type Pod = Live & {
  spec: { containers: { securityContext?: { allowPrivilegeEscalation?: boolean } }[] };
  status: { phase: string; containerStatuses?: { ready: boolean }[] };
};

describe('after make up', () => {
  it('the sample tenant is Ready, and kubectl says so in a column', async () => {
    await ready('demo');
    expect(kubectl(['get', 'lt', 'demo'])).toMatch(
      /NAME\s+READY\s+PHASE\s+NAMESPACE.*\n\s*demo\s+True\s+Ready\s+luna-demo/,
    );
  });

  it('all pods of the tenant run, in a namespace that enforces Pod Security restricted', () => {
    expect(get('namespace', 'luna-demo')?.metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
    const pods = list<Pod>('pods', 'luna-demo').filter(
      (pod) => pod.status.phase !== 'Succeeded' && pod.metadata.deletionTimestamp === undefined,
    );
    const names = ['postgres', 'qdrant', 'tika', 'ollama', 'tenant-api'];
    for (const name of names) {
      const own = pods.filter((pod) => pod.metadata.labels?.['app.kubernetes.io/name'] === name);
      expect(own.length, name).toBeGreaterThan(0);
      expect(
        own.every((pod) => pod.status.containerStatuses?.every((container) => container.ready)),
        name,
      ).toBe(true);
    }
  });

  it('the API server itself refuses a pod that is not restricted there', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'root', namespace: 'luna-demo' },
      spec: { containers: [{ name: 'c', image: 'x' }] },
    };
    expect(() => kubectl(['apply', '--dry-run=server', '-f', '-'], { input: JSON.stringify(pod) })).toThrow(
      /PodSecurity "restricted/,
    );
  });

  it('a second make up changes nothing and says so', () => {
    const before = tenant('demo')?.metadata.resourceVersion;
    const outcome = upCommand('up');
    expect(outcome.code, outcome.output).toBe(0);
    expect(outcome.output).toContain('Nothing to change');
    expect(tenant('demo')?.metadata.resourceVersion).toBe(before);
  });

  it('a tenant that asks for something impossible is refused with a sentence that helps', () => {
    const impossible = {
      apiVersion: 'luna-iems.io/v1alpha1',
      kind: 'LunaTenant',
      metadata: { name: 'demo' },
      spec: { namespace: 'elsewhere' },
    };
    expect(() =>
      kubectl(['apply', '--server-side', '--field-manager=test', '-f', '-'], { input: JSON.stringify(impossible) }),
    ).toThrow(/namespace.*(immutable|cannot be changed)/i);
  });
});
