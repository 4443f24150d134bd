import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { builtinKinds } from './kinds.ts';
import { configMap, eventually, openApi } from './testing/api-fixture.ts';

it('the example of the README copies, repairs, prunes, and ends on SIGTERM', async () => {
  const api = await openApi(inject('kubeconfig'));
  const to = await openApi(inject('kubeconfig'));
  const program = join(import.meta.dirname, '..', 'examples', 'copy-config.ts');
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, KUBECONFIG: inject('kubeconfig') },
    stdio: 'inherit',
  });
  const exit = once(child, 'exit');
  const copy = { namespace: to.namespace, name: 'original' };
  const valueOf = async (): Promise<unknown> =>
    ((await api.client.get(builtinKinds.ConfigMap, copy))?.['data'] as { value?: unknown } | undefined)?.value;
  try {
    await api.client.create(configMap(api.namespace, 'original', 'one', { 'example.io/copy-to': to.namespace }));
    await eventually('the copy', async () => (await valueOf()) === 'one');
    await api.client.patch(builtinKinds.ConfigMap, copy, { type: 'merge', body: { data: { value: 'spoilt' } } });
    await eventually('the repair', async () => (await valueOf()) === 'one');
    await api.client.delete(builtinKinds.ConfigMap, { namespace: api.namespace, name: 'original' });
    await eventually('the pruning', async () => (await valueOf()) === undefined);
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
    await Promise.all([api.close(), to.close()]);
  }
});
