import { readFileSync, readdirSync } from 'node:fs';

import { attempt } from './run.ts';

/** What runs and is set up on this machine, as far as a cluster could change it: one list of lines per aspect. */
export type Inventory = Readonly<Record<string, readonly string[]>>;

// Kernel threads come and go by themselves; they have no command line.
const processes = (): readonly string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
        return command ? [command] : [];
      } catch {
        return [];
      }
    });

const lines = async (command: string, ...args: string[]): Promise<readonly string[]> =>
  (await attempt(command, args)).stdout.split('\n').filter((line) => line.trim());

const sysctlNames = [
  'net.ipv4.ip_forward',
  'net.bridge.bridge-nf-call-iptables',
  'kernel.panic',
  'kernel.panic_on_oops',
];
const moreSysctlNames = [
  'vm.overcommit_memory',
  'vm.panic_on_oom',
  'kernel.keys.root_maxkeys',
  'kernel.keys.root_maxbytes',
];

const withoutCounters = (all: readonly string[]): readonly string[] =>
  all.map((line) => line.replace(/ packets \d+ bytes \d+/g, ''));

/** Takes the inventory of this machine now. */
export const takeInventory = async (): Promise<Inventory> => ({
  processes: processes(),
  mounts: readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ').slice(3).join(' ')),
  links: (await lines('ip', '-o', 'link', 'show')).map((line) => line.replace(/^\d+: /, '').split(' ')[0] ?? ''),
  addresses: (await lines('ip', '-o', 'address', 'show')).map(
    (line) => line.replace(/^\d+: /, '').split(' valid_lft')[0] ?? '',
  ),
  routes: await lines('ip', 'route', 'show', 'table', 'all'),
  networkNamespaces: await lines('ip', 'netns', 'list'),
  nftables: withoutCounters(await lines('nft', 'list', 'ruleset')),
  sysctls: await lines('sysctl', ...sysctlNames, ...moreSysctlNames),
  controlGroups: await lines('find', '/sys/fs/cgroup', '-maxdepth', '3', '-type', 'd', '-name', '*luna*'),
  files: await lines('find', '/run', '/var/lib', '/var/log', '/etc', '/opt', '/usr/libexec', '-maxdepth', '1'),
  sockets: (await lines('ss', '-Hlntux')).map((line) => line.trim().split(/\s+/)[4] ?? ''),
});

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
