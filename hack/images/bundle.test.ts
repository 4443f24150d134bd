import { expect, it } from 'vitest';
import { lunaEntries } from './bundle.ts';

it('reads the entries of a workspace', () => {
  expect(lunaEntries('{"luna":{"entries":["src/main.ts","src/migrate.ts"]}}', 'x')).toEqual([
    'src/main.ts',
    'src/migrate.ts',
  ]);
});

it.each(['{}', '{"luna":{"entries":[]}}', '{"luna":{"entries":"src/main.ts"}}', '{"luna":{"entries":[1]}}'])(
  'says what is missing in %s',
  (text) => {
    expect(() => lunaEntries(text, 'tenant-api')).toThrow('tenant-api/package.json lists no "luna"');
  },
);
