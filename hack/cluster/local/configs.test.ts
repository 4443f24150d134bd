import { describe, expect, it } from 'vitest';

import { cniConfig, containerdConfig, kubeletConfig, resolvConf } from './configs.ts';
import { network, paths } from './settings.ts';

describe('the name servers that pods are given', () => {
  it('are those of the machine that a pod can reach', () => {
    expect(resolvConf('search home\nnameserver 127.0.0.53\nnameserver 192.0.2.53\nnameserver ::1\n')).toBe(
      'nameserver 192.0.2.53\n',
    );
  });

  it('are none when the machine has only its own', () => {
    expect(resolvConf('nameserver 127.0.0.53\n')).toBe('');
  });
});

describe('configurations', () => {
  it('let the pod network and the node agree on the bridge', () => {
    const { plugins } = JSON.parse(cniConfig()) as {
      plugins: { bridge?: string; ipam?: { ranges: { gateway: string }[][] } }[];
    };
    expect(plugins[0]?.bridge).toBe(network.bridge);
    expect(plugins[0]?.ipam?.ranges[0]?.[0]?.gateway).toBe(network.bridgeAddress);
  });

  it('let the kubelet speak to our containerd and no other', () => {
    const { containerRuntimeEndpoint } = JSON.parse(kubeletConfig()) as { containerRuntimeEndpoint: string };
    expect(containerRuntimeEndpoint).toBe(`unix://${paths.containerdSocket}`);
    expect(containerdConfig('localhost/pause:1')).toContain(`address = "${paths.containerdSocket}"`);
  });

  it('do not ask for capabilities that build machines withhold', () => {
    expect(containerdConfig('localhost/pause:1')).toContain('restrict_oom_score_adj = true');
    expect(JSON.parse(kubeletConfig())).toMatchObject({ oomScoreAdj: 0, cgroupDriver: 'cgroupfs' });
  });
});
