import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  builtinKinds,
  createClient,
  createTransport,
  hasCode,
  startTcpProxy,
  type ConnectionConfig,
  type KubeObject,
} from '@luna-iems/kube-runtime';
import { afterAll, afterEach, describe, it, expect } from 'vitest';
import { operatorKinds } from '../src/optional-kinds.ts';
import { lunaTenantKind } from '../src/tenant.ts';
import { eventually } from '../src/testing/cluster.ts';
import { crew, pass, type Context } from './context.ts';
import { isReady, type Lab } from './lab.ts';

/** A change that shows in a child. */
export const rename = async (lab: Lab, name: string, displayName: string): Promise<void> =>
  void (await lab.client.patch(
    lunaTenantKind,
    { name },
    { type: 'merge', body: { spec: { displayName, api: { replicas: 2 } } } },
  ));

/** W1: the way to the API server is lost, silently or not, or our credentials end. */
export function watchLossRow(context: Context): void {
  const { lab } = context;
  describe('W1: the way to the API server', () => {
    afterEach(() => lab().killAll());
    afterAll(() => lab().wipe());
    const survived = (what: string): void => pass(context, { id: 'W1', what, tried: 1 });

    it('is gone for a while, for the API server starts anew', async () => {
      const [before = '', during = ''] = crew('restart', 2);
      const running = await lab().run({ mayBeRefused: true });
      await lab().apply(before);
      await lab().converge(running, [before]);
      await lab().server.restart();
      await eventually('the API server takes a tenant', () =>
        lab()
          .apply(during)
          .then(
            () => true,
            () => false,
          ),
      );
      await rename(lab(), before, 'after the restart');
      await lab().converge(running, [before, during], isReady);
      await running.stop();
      survived('API server restarted');
    });

    it('falls silent without a word', async () => {
      const [name = ''] = crew('silent', 1);
      const proxy = await startTcpProxy(Number(new URL(lab().server.url).port));
      const own = await lab().connect();
      const connection: ConnectionConfig = { ...own, server: `https://127.0.0.1:${String(proxy.port)}` };
      // Two seconds instead of minutes, or the test would have to wait as long.
      const running = await lab().run({ connection, patience: 2000 });
      await lab().apply(name);
      await lab().converge(running, [name]);
      proxy.silence();
      await rename(lab(), name, 'spoken into silence');
      await lab().converge(running, [name], isReady);
      await running.stop();
      await proxy.close();
      survived('TCP connections silently dropped');
    });

    it('is closed to the old token, and open to the new one', async () => {
      const [name = ''] = crew('token', 1);
      const directory = await mkdtemp(join(tmpdir(), 'luna-token-'));
      const tokenFile = join(directory, 'token');
      const { token: _old, ...rest } = await lab().connect();
      const rotate = async (secret: string): Promise<string> => {
        const { metadata } = await lab().client.create<KubeObject>({
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: secret, namespace: 'luna-system' },
        });
        const bound = { kind: 'Secret', apiVersion: 'v1', name: secret, uid: metadata.uid };
        const { token = '' } = await lab().connect('luna-operator', bound);
        writeFileSync(tokenFile, token);
        return token;
      };
      const old = await rotate('token-1');
      const running = await lab().run({ connection: { ...rest, tokenFile } });
      await lab().apply(name);
      await lab().converge(running, [name]);
      await rotate('token-2');
      const gone = await lab().client.delete(builtinKinds.Secret, { name: 'token-1', namespace: 'luna-system' });
      expect(gone).toBe(true);
      // The API server believes a token for some ten seconds after its Secret has gone.
      await eventually('the old token is void', async () => !(await isBelieved({ ...rest, token: old })));
      await rename(lab(), name, 'with the new token');
      await lab().converge(running, [name]);
      await running.stop();
      await rm(directory, { recursive: true });
      survived('token rotated, the old one void');
    });
  });
}

/** Whether the API server takes these credentials. */
async function isBelieved(config: ConnectionConfig): Promise<boolean> {
  const transport = createTransport({ config });
  try {
    await createClient({ transport, kinds: operatorKinds }).list(lunaTenantKind);
    return true;
  } catch (error) {
    if (hasCode(error, 'KUBE_UNAUTHORIZED')) return false;
    throw error;
  } finally {
    await transport.close();
  }
}
