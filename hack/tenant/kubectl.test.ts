import { describe, expect, it } from 'vitest';
import { createKubectl, explainFailure } from './kubectl.ts';

describe('explainFailure', () => {
  it.each([
    [
      'The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?',
      'LUNA_CLUSTER_UNREACHABLE',
    ],
    ['error: the server doesn\'t have a resource type "lunatenants"', 'LUNA_NOT_INSTALLED'],
    ['Error from server (NotFound): lunatenants.luna-iems.io "nobody" not found', 'LUNA_TENANT_NOT_FOUND'],
    ['Error from server (Forbidden): secrets "x" is forbidden: User "y" cannot get', 'LUNA_FORBIDDEN'],
    ['error: something else', 'LUNA_KUBECTL_FAILED'],
  ])('%s', (stderr, code) => {
    const error = explainFailure(stderr, ['get', 'lt']);
    expect(error.code).toBe(code);
    expect(error.message).not.toContain('\n');
  });

  it('keeps the last line of what kubectl said and none of its log lines', () => {
    const stderr = 'E1123 06:00:00.000000       1 memcache.go:265] "Unhandled Error"\nerror: unable to forward port\n';
    expect(explainFailure(stderr, ['-n', 'x', 'port-forward', 'svc/a']).message).toBe(
      'kubectl -n x port-forward failed: unable to forward port',
    );
  });
});

describe('createKubectl', () => {
  it('says that kubectl is missing', async () => {
    await expect(createKubectl('/nonexistent/kubectl').run(['get', 'lt'])).rejects.toMatchObject({
      code: 'LUNA_KUBECTL_MISSING',
    });
  });

  it('ends a call that gives no answer', async () => {
    await expect(createKubectl('sleep').run(['60'], { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'LUNA_KUBECTL_TIMEOUT',
    });
  });

  it('feeds standard input and answers standard output', async () => {
    await expect(createKubectl('cat').run([], { input: 'äöü' })).resolves.toBe('äöü');
  });
});
