import { expect, it } from 'vitest';

import { kubeconfigOf } from './kubeconfig.ts';

it('makes a kubeconfig that needs no other file, with luna as its current context', () => {
  const config = JSON.parse(
    kubeconfigOf({ server: 'https://10.0.0.1:6443', authority: 'QQ==', certificate: 'Qg==', key: 'Qw==' }),
  ) as Record<string, unknown>;
  expect(config).toMatchObject({
    'current-context': 'luna',
    clusters: [{ name: 'luna', cluster: { server: 'https://10.0.0.1:6443', 'certificate-authority-data': 'QQ==' } }],
    users: [{ name: 'luna', user: { 'client-certificate-data': 'Qg==', 'client-key-data': 'Qw==' } }],
    contexts: [{ name: 'luna', context: { cluster: 'luna', user: 'luna' } }],
  });
});
