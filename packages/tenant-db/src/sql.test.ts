import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptySql, identifier, joinSql, sql, whereAll } from './sql.ts';

test('values become numbered parameters', () => {
  const statement = sql`select * from items where source = ${'a'} and version > ${0}`;
  expect(statement.text).toBe('select * from items where source = $1 and version > $2');
  expect(statement.values).toEqual(['a', 0]);
});

test('pieces are woven in and renumbered', () => {
  const condition = sql`version > ${1}`;
  const statement = sql`select ${identifier('a"b')} from items where ${condition} and source = ${'x'} ${emptySql} limit ${5}`;
  expect(statement.text).toBe('select "a""b" from items where version > $1 and source = $2  limit $3');
  expect(statement.values).toEqual([1, 'x', 5]);
});

test('a piece used twice carries its values twice', () => {
  const piece = sql`${7}`;
  const statement = sql`select ${piece}, ${piece}`;
  expect([statement.text, statement.values]).toEqual(['select $1, $2', [7, 7]]);
});

test('lists and conditions', () => {
  expect(joinSql([sql`a = ${1}`, sql`b = ${2}`], ' or ').text).toBe('a = $1 or b = $2');
  expect(joinSql([]).text).toBe('');
  expect(whereAll([]).text).toBe('');
  expect(whereAll([sql`a`, sql`b`]).text).toBe('where a and b');
});

test('property: whatever the values are, none of them is in the text, and there are as many parameters as values', () => {
  const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null));
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), fc.integer({ min: 0, max: 3 }), (values, depth) => {
      let statement = joinSql(values.map((one) => sql`f(${one})`));
      for (let level = 0; level < depth; level += 1) statement = sql`(${statement})`;
      const inner = values.map((_, index) => `f($${index + 1})`).join(', ');
      expect(statement.text).toBe('('.repeat(depth) + inner + ')'.repeat(depth));
      expect(statement.values).toEqual(values);
    }),
  );
});
