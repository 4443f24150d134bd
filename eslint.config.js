import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const consoleAndClocks = {
  'no-console': 'error',
  'no-restricted-properties': [
    'error',
    {
      object: 'Date',
      property: 'now',
      message: 'Take the clock from your dependencies; only edges read the real one.',
    },
    { object: 'Math', property: 'random', message: 'Take a random source from your dependencies.' },
  ],
  'no-restricted-syntax': [
    'error',
    { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
    {
      selector: "NewExpression[callee.name='Date'][arguments.length=0]",
      message: 'Take the clock from your dependencies; only edges read the real one.',
    },
  ],
};

/** Where the real clock, randomness and the terminal are allowed: the composition roots and the command lines. */
const edges = ['**/main.ts', '**/migrate.ts', '**/cli.ts', '**/clock.ts', '**/random.ts', 'hack/**', 'e2e/**'];

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', '.luna/', '**/generated/', '.reports/', 'coverage/'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] } } },
    rules: {
      complexity: ['error', 10],
      'max-depth': ['error', 3],
      'max-params': ['error', 4],
      'max-nested-callbacks': ['error', 4],
      'max-lines': ['error', 450],
      eqeqeq: 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Fastify handlers and test bodies are async by contract, whether or not they await.
      '@typescript-eslint/require-await': 'off',
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^@luna-iems/[^/]+/.+', message: "A room has one door: import the workspace's exports." },
          ],
        },
      ],
      ...consoleAndClocks,
    },
  },
  {
    files: edges,
    rules: {
      'no-console': 'off',
      'no-restricted-properties': 'off',
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Export by name.' }],
    },
  },
  {
    files: ['**/*.test.ts', '**/test/**', '**/testing/**'],
    rules: {
      'max-nested-callbacks': ['error', 6],
      'no-restricted-properties': 'off',
      'no-restricted-syntax': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
    },
  },
  { files: ['*.config.ts', 'eslint.config.js'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['**/*.js', '**/*.mjs'], ...tseslint.configs.disableTypeChecked },
);
