import { expect, it } from 'vitest';
import { replaceBlock } from './docs.ts';

const document = 'a\n<!-- one -->\nold\n<!-- end -->\nb\n<!-- two -->\nkept\n<!-- end -->\n';

it('replaces one block and nothing else, again and again', () => {
  const once = replaceBlock(document, 'one', 'new');
  expect(once).toBe('a\n<!-- one -->\n\nnew\n\n<!-- end -->\nb\n<!-- two -->\nkept\n<!-- end -->\n');
  expect(replaceBlock(once, 'one', 'new')).toBe(once);
  expect(() => replaceBlock(document, 'three', 'new')).toThrow(/LUNA_BENCH_DOCS/);
});
