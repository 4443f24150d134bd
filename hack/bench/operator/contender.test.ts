import { expect, it } from 'vitest';
import { nodeFlags } from './contender.ts';

it('runs node as the image does', () => {
  expect(nodeFlags('FROM x\nENTRYPOINT ["node", "--a=1", "--b", "/app/main.js"]\n')).toEqual(['--a=1', '--b']);
  expect(nodeFlags('ENTRYPOINT ["node", "/app/main.js"]')).toEqual([]);
  expect(() => nodeFlags('CMD ["node"]')).toThrow(/does not start node/);
});
