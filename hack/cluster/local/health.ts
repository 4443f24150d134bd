import { Resolver } from 'node:dns/promises';
import { join } from 'node:path';

import { attempt } from '../../lib/run.ts';
import { isRunning } from './processes.ts';
import type { Part } from './parts.ts';
import { network, paths } from './settings.ts';

/** Calls kubectl as the administrator. */
export const kubectlArgs = (bin: string, ...args: string[]): [string, string[]] => [
  join(bin, 'kubectl'),
  [`--kubeconfig=${paths.adminKubeconfig}`, '--request-timeout=10s', ...args],
];

/** Whether the API server says it is ready. */
export const apiIsReady = async (bin: string): Promise<boolean> =>
  (await attempt(...kubectlArgs(bin, 'get', '--raw', '/readyz'), { timeoutMs: 15_000 })).stdout.trim() === 'ok';

/** Whether a name of the cluster resolves through the cluster's DNS service: pods, services and network work together. */
export const namesResolve = async (): Promise<boolean> => {
  const resolver = new Resolver({ timeout: 1_000, tries: 1 });
  resolver.setServers([network.dnsServiceAddress]);
  try {
    return (await resolver.resolve4('kubernetes.default.svc.cluster.local')).includes(network.apiServiceAddress);
  } catch {
    return false;
  }
};

const answer = async (bin: string, args: string[]): Promise<string> =>
  (await attempt(...kubectlArgs(bin, ...args), { timeoutMs: 15_000 })).stdout.trim();

/** Whether the node takes pods. */
export const nodeIsReady = async (bin: string): Promise<boolean> => {
  const path = '{.status.conditions[?(@.type=="Ready")].status}';
  return (await answer(bin, ['get', 'node', network.nodeName, '-o', `jsonpath=${path}`])) === 'True';
};

/** Whether volumes can be provisioned. */
export const volumesAreReady = async (bin: string): Promise<boolean> => {
  const args = [
    'get',
    'deployment',
    'local-path-provisioner',
    '-n',
    'local-path-storage',
    '-o',
    'jsonpath={.status.readyReplicas}',
  ];
  return (await answer(bin, args)) === '1';
};

/**
 * Whether the pods' network is as it was made. Pods that lost their bridge, or services that lost their rules, do not come back by
 * themselves.
 */
export const networkIsWhole = async (): Promise<boolean> => {
  const asked = await Promise.all([
    attempt('ip', ['address', 'show', 'dev', network.bridge, 'to', network.bridgeAddress]),
    attempt('nft', ['list', 'chain', 'ip', network.table, 'postrouting']),
    attempt('nft', ['list', 'chain', 'ip', 'kube-proxy', 'services']),
  ]);
  return asked.every((result) => result.code === 0 && result.stdout.trim() !== '');
};

/** The one problem that starting what is missing does not solve. */
export const networkProblem = "the pods' network is gone or incomplete";

/** Everything that is wrong with the cluster right now, a sentence each; none when it is healthy. */
export const problems = async (bin: string, expected: readonly Part[]): Promise<readonly string[]> => {
  const stopped = expected.filter((part) => !isRunning(part)).map((part) => `${part.name} does not run as it should`);
  const cut = (await networkIsWhole()) ? [] : [networkProblem];
  if (!(await apiIsReady(bin))) return [...stopped, ...cut, 'the API server is not ready'];
  const checks = [
    { fine: nodeIsReady(bin), otherwise: 'the node is not ready' },
    { fine: volumesAreReady(bin), otherwise: 'volumes cannot be provisioned' },
    { fine: namesResolve(), otherwise: 'names of the cluster do not resolve' },
  ];
  const found = await Promise.all(checks.map(async ({ fine, otherwise }) => ((await fine) ? [] : [otherwise])));
  return [...stopped, ...cut, ...found.flat()];
};
