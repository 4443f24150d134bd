const levels: readonly { readonly name: string; readonly flags: readonly string[] }[] = [
  { name: 'x86-64-v3', flags: ['avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'movbe', 'abm'] },
  { name: 'x86-64-v2', flags: ['sse4_2', 'ssse3', 'popcnt', 'cx16'] },
];

/**
 * The `-march` level that this processor runs, from the text of /proc/cpuinfo: without one the inference kernels are compiled without
 * SIMD and are ten times slower, with too high a one they crash. `native` where the architecture has no such levels.
 */
export function marchLevel(cpuinfo: string, arch: string): string {
  if (arch !== 'x64') return 'native';
  const line = /^flags\s*:\s*(.*)$/m.exec(cpuinfo)?.[1] ?? '';
  const flags = new Set(line.split(/\s+/));
  return levels.find((level) => level.flags.every((flag) => flags.has(flag)))?.name ?? 'x86-64';
}
