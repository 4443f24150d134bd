import { expect, it } from 'vitest';
import { ToolError, explain } from './errors.ts';

it('carries its code for scripts, and tells it to people too', () => {
  const cause = new Error('no route');
  expect(new ToolError('LUNA_NO_MIRROR', 'no mirror answers', cause)).toMatchObject({
    code: 'LUNA_NO_MIRROR',
    message: 'LUNA_NO_MIRROR: no mirror answers',
    cause,
  });
});

it('is explained with its causes, each once', () => {
  const innermost = new Error('spawn helm ENOENT');
  const missing = new ToolError('LUNA_TOOL_MISSING', `cannot run helm: ${innermost.message}`, innermost);
  const broken = new ToolError('LUNA_CLUSTER_BROKEN', 'the cluster does not start', missing);
  expect(explain(broken).split('\n')).toEqual([
    'LUNA_CLUSTER_BROKEN: the cluster does not start',
    'LUNA_TOOL_MISSING: cannot run helm: spawn helm ENOENT',
  ]);
});

it('explains what is no error too', () => {
  expect(explain({ status: 503 })).toBe('{"status":503}');
});
