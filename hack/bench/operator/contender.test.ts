import { expect, it } from 'vitest';
import { imageEnv, nodeFlags } from './contender.ts';

it('runs node as the image does', () => {
  expect(nodeFlags('FROM x\nENTRYPOINT ["node", "--a=1", "--b", "/app/main.js"]\n')).toEqual(['--a=1', '--b']);
  expect(nodeFlags('ENTRYPOINT ["node", "/app/main.js"]')).toEqual([]);
  expect(() => nodeFlags('CMD ["node"]')).toThrow(/does not start node/);
});

it('has the environment of the image', () => {
  expect(imageEnv('FROM x\nENV A=1\nENV B_C=two\nUSER 1\n')).toEqual({ A: '1', B_C: 'two' });
});
