import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConnectionConfig } from './connection-config.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kube-runtime-'));
});
afterEach(() => rm(dir, { recursive: true }));
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('loadConnectionConfig', () => {
  it('reads the service account in a pod', async () => {
    for (const [name, text] of Object.entries({ token: 't', 'ca.crt': 'CA', namespace: 'ours\n' }))
      await writeFile(join(dir, name), text);
    const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '6443' };
    expect(await loadConnectionConfig({ env, serviceAccountDir: dir })).toEqual({
      server: 'https://10.0.0.1:6443',
      ca: 'CA',
      tokenFile: join(dir, 'token'),
      namespace: 'ours',
    });
    const six = await loadConnectionConfig({ env: { KUBERNETES_SERVICE_HOST: 'fd00::1' }, serviceAccountDir: dir });
    expect(six.server).toBe('https://[fd00::1]:443');
  });

  it('reads certificates and tokens of a kubeconfig, inline or in files, and the context asked for', async () => {
    await writeFile(join(dir, 'client.key'), 'KEY');
    const kubeconfig = join(dir, 'config');
    const user = { 'client-certificate-data': base64('CERT'), 'client-key': 'client.key' };
    const config = {
      clusters: [
        { name: 'one', cluster: { server: 'https://one:6443', 'certificate-authority-data': base64('CA') } },
        {
          name: 'two',
          cluster: { server: 'https://two:6443', 'insecure-skip-tls-verify': true, 'tls-server-name': 'name' },
        },
      ],
      users: [
        { name: 'cert', user },
        { name: 'token', user: { token: 'TOKEN' } },
      ],
      contexts: [
        { name: 'a', context: { cluster: 'one', user: 'cert', namespace: 'n' } },
        { name: 'b', context: { cluster: 'two', user: 'token' } },
      ],
      'current-context': 'a',
    };
    await writeFile(kubeconfig, JSON.stringify(config));
    const one = await loadConnectionConfig({ env: { KUBECONFIG: kubeconfig, KUBERNETES_SERVICE_HOST: 'ignored' } });
    expect(one).toMatchObject({ server: 'https://one:6443', ca: 'CA', cert: 'CERT', key: 'KEY', namespace: 'n' });
    const two = await loadConnectionConfig({ kubeconfig, context: 'b', env: {} });
    expect(two).toMatchObject({
      server: 'https://two:6443',
      token: 'TOKEN',
      insecureSkipTlsVerify: true,
      tlsServerName: 'name',
    });
  });

  it('says what is missing', async () => {
    const code = { code: 'KUBE_CONFIG' };
    await expect(loadConnectionConfig({ kubeconfig: join(dir, 'absent'), env: {} })).rejects.toMatchObject(code);
    await expect(
      loadConnectionConfig({ env: { KUBERNETES_SERVICE_HOST: 'x' }, serviceAccountDir: dir }),
    ).rejects.toMatchObject(code);
    await writeFile(join(dir, 'empty'), '{}');
    await expect(loadConnectionConfig({ kubeconfig: join(dir, 'empty'), env: {} })).rejects.toMatchObject(code);
  });
});
