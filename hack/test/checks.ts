/** What must hold before any test is worth running; each names the command that mends it. */
export const checks = [
  { name: 'types', command: 'node_modules/.bin/tsc', args: ['--noEmit'], hint: 'Mend the types.' },
  {
    name: 'lint',
    command: 'node_modules/.bin/eslint',
    args: ['.', '--max-warnings', '0'],
    hint: 'Mend what eslint names.',
  },
  {
    name: 'format',
    command: 'node_modules/.bin/prettier',
    args: ['--check', '--log-level', 'warn', '.'],
    hint: 'Run `make format`.',
  },
  {
    name: 'generated files',
    command: 'node',
    args: ['hack/generate/all.ts', 'check'],
    hint: 'Run `make generate` and commit.',
  },
] as const;
