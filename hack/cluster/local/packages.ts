import { existsSync, readFileSync } from 'node:fs';

import { attempt, run } from '../../lib/run.ts';
import { say } from '../../lib/say.ts';

const needed: Readonly<Record<string, string>> = {
  containerd: '/usr/bin/containerd',
  runc: '/usr/sbin/runc',
  'containernetworking-plugins': '/usr/lib/cni/bridge',
  iptables: '/usr/sbin/iptables',
  nftables: '/usr/sbin/nft',
  iproute2: '/usr/sbin/ip',
  openssl: '/usr/bin/openssl',
  mount: '/usr/bin/mount',
};

const apt = (args: readonly string[]): Promise<string> =>
  run('apt-get', ['-qq', ...args], { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: 600_000 });

/** Whether this is a machine on which the local cluster can run; if not, the sentence that says why. */
export const whyNotHere = (platform: string, uid: number | undefined, osRelease: string): string | undefined => {
  if (platform !== 'linux') return 'this is not Linux';
  if (uid !== 0) return 'this is not root';
  return /^ID(_LIKE)?="?.*debian/m.test(osRelease) ? undefined : 'this is not Debian';
};

/** The same for the machine that we are on. */
export const whyNotOnThisMachine = (): string | undefined => {
  const file = '/etc/os-release';
  return whyNotHere(process.platform, process.getuid?.(), existsSync(file) ? readFileSync(file, 'utf8') : '');
};

/** Installs the Debian packages that are missing, and keeps a containerd service that comes with them from running. */
export const ensurePackages = async (): Promise<void> => {
  const missing = Object.keys(needed).filter((name) => !existsSync(needed[name] ?? ''));
  if (missing.length === 0) return;
  say(`installing ${missing.join(', ')} (usually 30 s)`);
  await apt(['update']);
  await apt(['install', '--yes', '--no-install-recommends', ...missing]);
  if (missing.includes('containerd') && existsSync('/run/systemd/system')) {
    await attempt('systemctl', ['disable', '--now', 'containerd']);
  }
};
