import { expect, it } from 'vitest';
import { debianMirror } from './debian.ts';

const other = 'deb https://packages.example.org/apt bookworm main\n';

it.each([
  ['one-line format', [`${other}deb http://mirror.example.org/debian bookworm main\n`]],
  [
    'one-line format with options',
    ['deb [signed-by=/x.gpg arch=amd64] http://mirror.example.org/debian bookworm main\n'],
  ],
  ['deb822 format', [other, 'Types: deb\n# a comment\nURIs: http://mirror.example.org/debian\nSuites: bookworm\n']],
])('finds the mirror in %s', (_format, sources) => {
  expect(debianMirror(sources)).toBe('http://mirror.example.org/debian');
});

it('does not take the security mirror for it, and says when there is none', () => {
  const sources = [
    'URIs: http://mirror.example.org/debian-security\n',
    '# deb http://mirror.example.org/debian x main\n',
  ];
  expect(() => debianMirror(sources)).toThrow(/names no Debian mirror/);
});
