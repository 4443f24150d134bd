import fc from 'fast-check';
import { expect, test } from 'vitest';
import { migrations } from './generated/migrations.ts';
import { splitStatements } from './split-statements.ts';

test('semicolons inside strings, names, comments and dollar quotes do not split', () => {
  const text = `
    -- first; still a comment
    insert into a values ('x;''y;', "odd;name"); /* a ; b */
    do $body$ begin perform 1; perform $1; end $body$;
    select $$a;b$$;
    -- nothing after this;
  `;
  expect(splitStatements(text)).toEqual([
    `-- first; still a comment\n    insert into a values ('x;''y;', "odd;name")`,
    `/* a ; b */\n    do $body$ begin perform 1; perform $1; end $body$`,
    'select $$a;b$$',
  ]);
});

test('our own migrations come apart and go together again', () => {
  for (const { sql } of migrations) {
    const squeeze = (text: string): string => text.replaceAll(/--[^\n]*|\s|;/g, '');
    expect(squeeze(splitStatements(sql).join(';'))).toBe(squeeze(sql));
  }
});

test('property: pieces joined by semicolons come back', () => {
  const piece = fc.constantFrom(
    `select 1`,
    `select ';'`,
    `select $a$ ; $b$ ; $a$`,
    `select ";"`,
    `select 1 -- ;\n + 2`,
    `select a - b / c`,
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
      expect(splitStatements(pieces.join(';\n'))).toEqual(pieces);
    }),
  );
});
