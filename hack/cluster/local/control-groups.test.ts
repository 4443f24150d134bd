import { describe, expect, it } from 'vitest';

import { controlGroupTrees } from './control-groups.ts';

const mount = (point: string, type: string): string => `30 1 0:26 / ${point} rw,relatime shared:9 - ${type} ${type} rw`;

describe('control group trees', () => {
  it('are one for each controller in version 1', () => {
    const found = controlGroupTrees(
      [mount('/sys/fs/cgroup/cpu', 'cgroup'), mount('/sys/fs/cgroup/memory', 'cgroup')].join('\n'),
    );
    expect(found.controlling).toEqual(['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/memory']);
  });

  it('are the one unified tree in version 2', () => {
    const found = controlGroupTrees([mount('/sys', 'sysfs'), mount('/sys/fs/cgroup', 'cgroup2')].join('\n'));
    expect(found).toEqual({ controlling: ['/sys/fs/cgroup'], all: ['/sys/fs/cgroup'] });
  });

  it('on a hybrid machine are controlled by version 1, but groups are looked for in both', () => {
    const found = controlGroupTrees(
      [mount('/sys/fs/cgroup/cpu', 'cgroup'), mount('/sys/fs/cgroup/unified', 'cgroup2')].join('\n'),
    );
    expect(found.controlling).toEqual(['/sys/fs/cgroup/cpu']);
    expect(found.all).toEqual(['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/unified']);
  });
});
