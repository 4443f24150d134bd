import type { Dispatcher } from 'undici';
import { expect, it } from 'vitest';
import { exchange } from './exchange.ts';

it('ends at once for a call that was broken off before, also where no connection comes about', async () => {
  const agent = { dispatch: () => true } as unknown as Dispatcher;
  const reason = new Error('broken off');
  await expect(exchange(agent, { path: '/', method: 'GET' }, AbortSignal.abort(reason))).rejects.toBe(reason);
});
