import { describe, expect, it } from 'vitest';

import { isIptablesLeftover, machineEnds, mountPoints } from './machine.ts';

describe('mount points', () => {
  it('are read with their escapes undone, in order', () => {
    const text = '1 0 8:1 / / rw - ext4 /dev/vda rw\n2 1 0:5 / /mnt/two\\040words rw shared:1 - tmpfs tmpfs rw\n';
    expect(mountPoints(text)).toEqual(['/', '/mnt/two words']);
  });
});

describe('what a CNI result tells', () => {
  it("is the machine's end of the cable: neither the bridge nor the pod's end", () => {
    const interfaces = [{ name: 'luna0' }, { name: 'veth1a2b' }, { name: 'eth0', sandbox: '/run/netns/x' }];
    expect(machineEnds(JSON.stringify({ result: { interfaces } }))).toEqual(['veth1a2b']);
  });

  it('is nothing when the plugins had not finished', () => {
    expect(machineEnds('{"kind":"cniCacheV1"}')).toEqual([]);
  });
});

describe('a table that iptables left', () => {
  const table = (chains: string): string => `table ip nat {\n${chains}}\n`;
  const chain = (name: string, ...rules: string[]): string =>
    `\tchain ${name} {\n${rules.map((rule) => `\t\t${rule}\n`).join('')}\t}\n`;

  it('is removed when only CNI plugins wrote into it', () => {
    const chains =
      chain('CNI-HOSTPORT-DNAT') +
      chain(
        'PREROUTING',
        'type nat hook prerouting priority dstnat; policy accept;',
        'counter packets 0 bytes 0 jump CNI-HOSTPORT-DNAT',
      );
    expect(isIptablesLeftover(table(chains))).toBe(true);
  });

  it("stays when a chain is somebody else's", () => {
    expect(isIptablesLeftover(table(chain('CNI-HOSTPORT-DNAT') + chain('DOCKER')))).toBe(false);
  });

  it("stays when somebody else's rule is in a common chain", () => {
    expect(isIptablesLeftover(table(chain('POSTROUTING', 'jump LIBVIRT_PRT')))).toBe(false);
    expect(isIptablesLeftover(table(chain('POSTROUTING', 'oifname "eth0" masquerade')))).toBe(false);
  });
});
