import { describe, expect, it } from 'vitest';

import { certificateRequests, extensions } from './certificates.ts';
import { network } from './settings.ts';

const named = (name: string): (typeof certificateRequests)[number] => {
  const found = certificateRequests.find((request) => request.name === name);
  if (!found) throw new Error(name);
  return found;
};

describe('certificates', () => {
  it('let pods and people reach the API server under each of its names', () => {
    for (const name of [
      'DNS:kubernetes.default.svc',
      `IP:${network.apiServiceAddress}`,
      `IP:${network.bridgeAddress}`,
    ]) {
      expect(extensions(named('apiserver'))).toContain(name);
    }
  });

  it('name the node as the Node authorizer wants it', () => {
    expect(named('kubelet')).toMatchObject({ commonName: `system:node:${network.nodeName}`, group: 'system:nodes' });
  });

  it('of clients are no good for a server', () => {
    expect(extensions(named('admin'))).not.toContain('serverAuth');
  });

  it('of etcd come from an authority of its own: no client of the API server reaches past it', () => {
    const ofEtcd = certificateRequests.filter((request) => request.name.startsWith('etcd'));
    expect(ofEtcd.map((request) => request.authority)).toEqual(['etcd-ca', 'etcd-ca']);
  });
});
