import { describe, expect, it } from 'vitest';

import { inventory, inventoryDifference } from './inventory.ts';

describe('the difference of two inventories', () => {
  it('is empty for equal ones', () => {
    expect(inventoryDifference({ links: ['lo', 'eth0'] }, { links: ['eth0', 'lo'] })).toEqual([]);
  });

  it('names what came and what went, with its aspect', () => {
    expect(inventoryDifference({ links: ['lo', 'eth0'] }, { links: ['lo', 'luna0'] })).toEqual([
      '+ links: luna0',
      '- links: eth0',
    ]);
  });

  it('counts: a second mount of the same kind is a difference', () => {
    expect(inventoryDifference({ mounts: ['tmpfs'] }, { mounts: ['tmpfs', 'tmpfs'] })).toEqual(['+ mounts: tmpfs']);
  });

  it('sees an aspect that only one of them has', () => {
    expect(inventoryDifference({}, { sockets: ['/run/x.sock'] })).toEqual(['+ sockets: /run/x.sock']);
  });
});

describe.runIf(process.platform === 'linux')('an inventory of this machine', () => {
  it('holds its mounts, and not this test', async () => {
    const found = await inventory();
    expect(found['mounts']?.some((line) => line.includes(' /proc '))).toBe(true);
    expect(found['processes']?.some((line) => line.includes('vitest'))).toBe(false);
  });
});
