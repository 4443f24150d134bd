import { existsSync, mkdirSync, readFileSync, readlinkSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { attempt, run } from '../../lib/run.ts';
import { network, paths } from './settings.ts';

/** How the machine was before the cluster, as far as the cluster changes it. */
interface Before {
  readonly sysctls: Readonly<Record<string, string>>;
  readonly directories: readonly string[];
  readonly tables: readonly string[];
}

/** Settings of the kernel that a cluster changes: the kubelet sets the kernel's and vm's, the network needs the first two. */
export const sysctls: readonly string[] = [
  'net/ipv4/ip_forward',
  'net/bridge/bridge-nf-call-iptables',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/keys/root_maxkeys',
  'kernel/keys/root_maxbytes',
  'vm/overcommit_memory',
  'vm/panic_on_oom',
];

// Places outside our own that containerd, the kubelet and the CNI plugins write to whatever they are told.
const foreignDirectories = [
  '/etc/cni',
  '/opt/cni',
  '/opt/containerd',
  '/run/containerd',
  '/run/netns',
  '/run/xtables.lock',
  '/var/lib/cni',
  '/var/lib/kubelet',
  '/var/lib/containerd',
  '/var/log/containers',
  '/var/log/pods',
  '/usr/libexec/kubernetes',
];

const read = (key: string): string | undefined => {
  const file = join('/proc/sys', key);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
};

const tables = async (): Promise<readonly string[]> =>
  (await run('nft', ['list', 'tables'])).split('\n').filter((line) => line.startsWith('table '));

/** Writes down how the machine is, once per cluster: a second `up` must not take our own changes for the machine's. */
export const rememberMachine = async (): Promise<void> => {
  if (existsSync(paths.before)) return;
  const before: Before = {
    sysctls: Object.fromEntries(sysctls.flatMap((key) => (read(key) === undefined ? [] : [[key, read(key) ?? '']]))),
    directories: foreignDirectories.filter((directory) => existsSync(directory)),
    tables: await tables(),
  };
  mkdirSync(dirname(paths.before), { recursive: true });
  writeFileSync(paths.before, JSON.stringify(before, null, 2));
};

/** Makes the bridge, the routes to pods and services, and the rule that lets pods out; changes nothing that is right already. */
export const ensureNetwork = async (): Promise<void> => {
  await attempt('modprobe', ['-a', 'br_netfilter', 'overlay', 'nf_conntrack']);
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '1');
  const bridge = network.bridge;
  if ((await attempt('ip', ['link', 'show', bridge])).code !== 0) {
    // A fixed hardware address: otherwise the bridge takes that of a pod, and changes it when the pod ends.
    await run('ip', ['link', 'add', bridge, 'address', '02:4c:75:6e:61:00', 'type', 'bridge']);
  }
  await run('ip', ['address', 'replace', `${network.bridgeAddress}/${network.podCidr.split('/')[1]}`, 'dev', bridge]);
  await run('ip', ['link', 'set', bridge, 'up']);
  await run('ip', ['route', 'replace', network.serviceCidr, 'dev', bridge]);
  // Without it the answer of a pod to another pod that asked for a service goes straight over the bridge, past the translation.
  if (read('net/bridge/bridge-nf-call-iptables') !== undefined) {
    writeFileSync('/proc/sys/net/bridge/bridge-nf-call-iptables', '1');
  }
  await run('nft', ['-f', '-'], { input: natRules() });
};

/** The one rule of our own: what leaves the pods for elsewhere leaves with the machine's address. */
export const natRules = (): string => `table ip ${network.table} {}
delete table ip ${network.table}
table ip ${network.table} {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${network.podCidr} ip daddr != { ${network.podCidr}, ${network.serviceCidr} } masquerade
  }
}
`;

/** Takes away mounts below these directories, deepest first. */
export const unmountBelow = async (directories: readonly string[]): Promise<void> => {
  const points = mountPoints(readFileSync('/proc/self/mountinfo', 'utf8'));
  const ours = points.filter((point) =>
    directories.some((directory) => point === directory || point.startsWith(`${directory}/`)),
  );
  for (const point of ours.reverse()) await attempt('umount', ['--lazy', point]);
};

/** The mount points out of `/proc/self/mountinfo`, in the order they were mounted, with their escapes undone. */
export const mountPoints = (mountinfo: string): string[] =>
  mountinfo
    .split('\n')
    .flatMap((line) => line.split(' ')[4] ?? [])
    .map((point) =>
      point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    );

const cniResults = '/var/lib/cni/results';

// The loopback plugin's results are ours too; what is in a result tells, not its name.
const ourCniResults = (): readonly string[] =>
  (existsSync(cniResults) ? readdirSync(cniResults) : [])
    .map((name) => join(cniResults, name))
    .filter((file) => readFileSync(file, 'utf8').includes(paths.containerdState));

/** The machine's ends of pods' cables, out of the results that the CNI plugins wrote down: pods' own ends name a sandbox. */
export const machineEnds = (result: string): readonly string[] => {
  const parsed = JSON.parse(result) as { result?: { interfaces?: { name: string; sandbox?: string }[] } };
  return (parsed.result?.interfaces ?? [])
    .filter((each) => !each.sandbox && each.name !== network.bridge)
    .map((each) => each.name);
};

const removeLinks = async (): Promise<void> => {
  const listed = await attempt('ip', ['-o', 'link', 'show', 'master', network.bridge]);
  const attached = [...listed.stdout.matchAll(/^\d+: ([^:@\s]+)/gm)].map(([, name]) => name ?? '');
  // Without their bridge they are attached to nothing; and other programs' mount namespaces may keep pods' networks alive.
  const noted = ourCniResults().flatMap((file) => machineEnds(readFileSync(file, 'utf8')));
  for (const name of new Set([...attached, ...noted])) await attempt('ip', ['link', 'delete', name]);
  await attempt('ip', ['link', 'delete', network.bridge]);
};

const removeTables = async (before: Before | undefined): Promise<void> => {
  for (const name of [network.table, 'kube-proxy']) {
    for (const family of ['ip', 'ip6']) await attempt('nft', ['delete', 'table', family, name]);
  }
  if (!before) return;
  // The portmap plugin goes through iptables, which makes its tables as it needs them and never takes them away.
  const added = (await tables()).filter((line) => !before.tables.includes(line));
  for (const line of added.filter((each) => / (nat|filter|mangle|raw)$/.test(each))) {
    const listing = await run('nft', ['list', ...line.split(' ')]);
    if (isIptablesLeftover(listing)) await attempt('nft', ['delete', ...line.split(' ')]);
  }
};

/** Whether a table holds nothing but what the CNI plugins put there: somebody else's rules must stay. */
export const isIptablesLeftover = (listing: string): boolean =>
  [...listing.matchAll(/^\s*chain (\S+) \{\n([^}]*)/gm)].every(([, chain = '', body = '']) => {
    if (chain.startsWith('CNI-')) return true;
    const rules = body.split('\n').filter((line) => line.trim() && !/^\s*type \S+ hook /.test(line));
    return (
      /^(PREROUTING|POSTROUTING|OUTPUT|INPUT|FORWARD)$/.test(chain) &&
      rules.every((rule) => rule.includes(' jump CNI-'))
    );
  });

const removeLogLinks = (): void => {
  const directory = '/var/log/containers';
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory)) {
    const link = join(directory, name);
    const target = linkTarget(link);
    if (target?.startsWith(`${paths.state}/`)) rmSync(link, { force: true });
  }
};

const linkTarget = (link: string): string | undefined => {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
};

const removeCniResults = (): void => {
  for (const file of ourCniResults()) rmSync(file, { force: true });
};

/** Takes away what runs outside processes: mounts, bridge, veths, rules. The cluster's data stays. */
export const removeRuntimeTraces = async (): Promise<void> => {
  await unmountBelow([paths.runtime, paths.state, paths.containerdRoot]);
  await removeLinks();
  const before = existsSync(paths.before) ? (JSON.parse(readFileSync(paths.before, 'utf8')) as Before) : undefined;
  await removeTables(before);
  removeLogLinks();
  removeCniResults();
  rmSync(paths.runtime, { recursive: true, force: true });
};

/** Gives the machine its old settings back, and removes the cluster's data. */
export const restoreMachine = (): void => {
  if (existsSync(paths.before)) {
    const before = JSON.parse(readFileSync(paths.before, 'utf8')) as Before;
    for (const [key, value] of Object.entries(before.sysctls)) {
      if (read(key) !== value) writeFileSync(join('/proc/sys', key), value);
    }
    const made = foreignDirectories.filter((directory) => !before.directories.includes(directory));
    const points = mountPoints(readFileSync('/proc/self/mountinfo', 'utf8'));
    const inUse = (directory: string): boolean =>
      existsSync(join(directory, 'containerd.sock')) || points.some((point) => point.startsWith(`${directory}/`));
    for (const directory of made) if (!inUse(directory)) rmSync(directory, { recursive: true, force: true });
  }
  rmSync(paths.state, { recursive: true, force: true });
};
