import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

import { attempt } from '../lib/run.ts';
import { sysctls } from './local/machine.ts';

/** What runs and is set up on this machine, as far as a cluster could change it: one sorted list of lines per aspect. */
export type Inventory = Readonly<Record<string, readonly string[]>>;

const contentOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

const linkOf = (file: string): string => {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
};

/**
 * Whether a process belongs to the cluster: its command line or its control group names it, or it has a network of its own, as every
 * process in a pod has. Others (shells, editors, tests) come and go without being anybody's leftover.
 */
const belongsToCluster = (pid: string, machineNetwork: string): boolean => {
  const network = linkOf(`/proc/${pid}/ns/net`);
  const traces = `${contentOf(`/proc/${pid}/cmdline`)}\n${contentOf(`/proc/${pid}/cgroup`)}`;
  return /\bluna-cluster\b/.test(traces) || (network !== '' && network !== machineNetwork);
};

const processes = (): readonly string[] => {
  const machineNetwork = linkOf('/proc/self/ns/net');
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const commands = ids
    .filter((pid) => belongsToCluster(pid, machineNetwork))
    .map((pid) => contentOf(`/proc/${pid}/cmdline`));
  return commands.map((command) => command.split('\0').join(' ').trim()).filter(Boolean);
};

const lines = async (command: string, ...args: string[]): Promise<readonly string[]> =>
  (await attempt(command, args)).stdout.split('\n').filter((line) => line.trim());

const places = [
  '/etc/cni',
  '/opt',
  '/run/netns',
  '/run/containerd',
  '/var/log/containers',
  '/var/log/pods',
  '/usr/libexec/kubernetes',
];

/** A mount without the numbers that the kernel gives it anew each time. */
const mounts = (): readonly string[] =>
  contentOf('/proc/self/mountinfo')
    .split('\n')
    .map((line) => line.split(' ').slice(3).join(' '));

const listening = async (): Promise<readonly string[]> =>
  (await lines('ss', '-Hlx'))
    .flatMap((line) => line.trim().split(/\s+/)[4] ?? [])
    .filter((name) => /luna|containerd|kubelet/.test(name));

const withoutNumber = (all: readonly string[]): readonly string[] => all.map((line) => line.replace(/^\d+: /, ''));

/** Takes the inventory of this machine now: processes of clusters, mounts, networks, rules, settings, control groups, files. */
export const inventory = async (): Promise<Inventory> => {
  const found: Inventory = {
    processes: processes(),
    mounts: mounts(),
    links: withoutNumber(await lines('ip', '-o', 'link', 'show')).map((line) => line.split(':')[0] ?? ''),
    addresses: withoutNumber(await lines('ip', '-o', 'address', 'show')).map(
      (line) => line.split(' valid_lft')[0] ?? '',
    ),
    routes: (await lines('ip', 'route', 'show', 'table', 'all')).map((line) => line.trim()),
    networkNamespaces: await lines('ip', 'netns', 'list'),
    nftables: (await lines('nft', 'list', 'ruleset')).map((line) => line.replace(/ packets \d+ bytes \d+/, '')),
    sysctls: sysctls.map((name) => `${name} = ${contentOf(`/proc/sys/${name}`).trim()}`),
    controlGroups: await lines('find', '/sys/fs/cgroup', '-maxdepth', '3', '-type', 'd', '-name', '*luna*'),
    files: await lines(
      'find',
      '/run',
      '/var/lib',
      '-maxdepth',
      '1',
      '-regex',
      '.*\\(luna\\|kube\\|cni\\|containerd\\).*',
    ),
    places: await lines('find', ...places, '-maxdepth', '1'),
    sockets: await listening(),
  };
  return Object.fromEntries(Object.entries(found).map(([aspect, all]) => [aspect, [...all].sort()]));
};

const minus = (some: readonly string[], others: readonly string[]): string[] => {
  const left = [...others];
  return some.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
};

/** What `after` has that `before` had not (`+`), and the other way round (`-`), each line with its aspect. */
export const inventoryDifference = (before: Inventory, after: Inventory): readonly string[] =>
  Object.keys({ ...before, ...after }).flatMap((aspect) => {
    const [was, is] = [before[aspect] ?? [], after[aspect] ?? []];
    return [
      ...minus(is, was).map((line) => `+ ${aspect}: ${line}`),
      ...minus(was, is).map((line) => `- ${aspect}: ${line}`),
    ];
  });
