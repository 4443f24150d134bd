import { describe, expect, it } from 'vitest';

import { whyNotHere } from './packages.ts';

const debian = 'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n';

describe('where a cluster out of processes can be', () => {
  it('is root on Debian and what descends from it', () => {
    expect(whyNotHere('linux', 0, debian)).toBeUndefined();
    expect(whyNotHere('linux', 0, 'ID=ubuntu\nID_LIKE=debian\n')).toBeUndefined();
  });

  it('is nowhere else, and the sentence says why', () => {
    expect(whyNotHere('darwin', 501, '')).toBe('this is not Linux');
    expect(whyNotHere('linux', 1000, debian)).toBe('this is not root');
    expect(whyNotHere('linux', 0, 'ID="fedora"\n')).toBe('this is not Debian');
  });
});
