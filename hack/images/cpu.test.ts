import { expect, it } from 'vitest';
import { marchLevel } from './cpu.ts';

const v2 = 'fpu sse sse2 ssse3 sse4_1 sse4_2 popcnt cx16';
const v3 = `${v2} avx avx2 bmi1 bmi2 f16c fma movbe abm`;

it.each([
  ['x86-64-v3', `processor : 0\nflags\t\t: ${v3}\n`, 'x64'],
  ['x86-64-v2', `flags\t\t: ${v3.replace(' fma', '')}\n`, 'x64'],
  ['x86-64', 'flags : fpu sse sse2\n', 'x64'],
  ['x86-64', '', 'x64'],
  ['native', 'Features : fp asimd\n', 'arm64'],
])('picks %s', (level, cpuinfo, arch) => {
  expect(marchLevel(cpuinfo, arch)).toBe(level);
});
