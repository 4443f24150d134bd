/** What must hold before any test is worth running; each names the command that mends it. */
export const checks = [
  { name: 'types', command: 'npx', args: ['tsc', '--noEmit'], hint: 'Mend the types.' },
  { name: 'lint', command: 'npx', args: ['eslint', '.', '--max-warnings', '0'], hint: 'Mend what eslint names.' },
  {
    name: 'format',
    command: 'npx',
    args: ['prettier', '--check', '--log-level', 'warn', '.'],
    hint: 'Run `make format`.',
  },
  {
    name: 'generated files',
    command: 'node',
    args: ['hack/generate/all.ts', 'check'],
    hint: 'Run `make generate` and commit.',
  },
] as const;
