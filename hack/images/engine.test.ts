import { expect, it } from 'vitest';
import { parseImageConfig } from './engine.ts';

it('reads how an image wants to be started', () => {
  const raw = {
    Entrypoint: ['/bin/x'],
    Cmd: ['serve'],
    Env: ['PATH=/bin', 'OPTS=a=b'],
    User: '70:70',
    WorkingDir: '/app',
  };
  expect(parseImageConfig(raw)).toEqual({
    entrypoint: ['/bin/x'],
    cmd: ['serve'],
    env: { PATH: '/bin', OPTS: 'a=b' },
    user: '70:70',
    workingDir: '/app',
  });
});

it('takes root and the root folder where an image says nothing', () => {
  const nothing = { entrypoint: [], cmd: [], env: {}, user: '0:0', workingDir: '/' };
  expect(parseImageConfig({ Entrypoint: null, Cmd: null, Env: null, User: '', WorkingDir: '' })).toEqual(nothing);
  expect(parseImageConfig(undefined)).toEqual(nothing);
});
