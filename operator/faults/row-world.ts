import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  builtinKinds,
  startTcpProxy,
  type Client,
  type ConnectionConfig,
  type KubeObject,
} from '@luna-iems/kube-runtime';
import { afterAll, describe, expect, it } from 'vitest';
import { lunaTenantKind } from '../src/tenant.ts';
import { eventually } from '../src/testing/cluster.ts';
import { nameOf } from './calls.ts';
import { brief, crew, type Context } from './context.ts';
import { isReady, type Lab } from './lab.ts';
import { differences, readStates } from './oracle.ts';

const rename = async (lab: Lab, name: string, displayName: string): Promise<void> =>
  void (await lab.client.patch(
    lunaTenantKind,
    { name },
    { type: 'merge', body: { spec: { displayName, api: { replicas: 2 } } } },
  ));

/** W1: the way to the API server is lost, silently or not, or our credentials end. */
export function watchLossRow({ lab, tally }: Context): void {
  describe('W1: the way to the API server', () => {
    afterAll(() => lab().wipe());
    const survived = (what: string): void => {
      const row = tally.row('W1', what);
      row.tried += 1;
      row.survived += 1;
    };

    it('is gone for a while, for the API server starts anew', async () => {
      const [before = '', during = ''] = crew('restart', 2);
      const running = await lab().run();
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
      const rotate = async (secret: string): Promise<void> => {
        const { metadata } = await lab().client.create<KubeObject>({
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: secret, namespace: 'luna-system' },
        });
        const bound = { kind: 'Secret', apiVersion: 'v1', name: secret, uid: metadata.uid };
        writeFileSync(tokenFile, (await lab().connect('luna-operator', bound)).token ?? '');
      };
      await rotate('token-1');
      const running = await lab().run({ connection: { ...rest, tokenFile } });
      await lab().apply(name);
      await lab().converge(running, [name]);
      await rotate('token-2');
      // The API server believes a token for some ten seconds after its Secret has gone.
      const old = await lab().client.delete(builtinKinds.Secret, { name: 'token-1', namespace: 'luna-system' });
      expect(old).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 12_000));
      await rename(lab(), name, 'with the new token');
      await lab().converge(running, [name]);
      await running.stop();
      await rm(directory, { recursive: true });
      survived('token rotated, the old one void');
    });
  });
}

/** X1 and P1: the CRD goes and comes back, the chart likewise; a change overtakes a backlog. */
export function platformRow({ lab, tally, again }: Context): void {
  describe('X1: what must outlive the operator', () => {
    afterAll(() => lab().wipe());
    const names = crew('outlive', 4);
    const survived = (id: string, what: string, count: number, note?: string): void => {
      const row = tally.row(id, what);
      row.tried += count;
      row.survived += count;
      if (note !== undefined) row.notes.push(note);
    };

    it('helm uninstall and install: nobody’s objects change', async () => {
      const first = await lab().run();
      await Promise.all(names.map((name) => lab().apply(name)));
      await lab().converge(first, names);
      await first.stop();
      const before = await readStates(lab().client);
      const precious = await uids(lab().client);
      await uninstall(lab());
      expect(await uids(lab().client), 'after the uninstallation').toEqual(precious);
      await lab().installChart();
      const second = await lab().run({ connection: await lab().connect() });
      await second.idle();
      expect(second.calls.writes.map(nameOf), 'writes after the installation').toEqual([]);
      await second.stop();
      const after = await readStates(lab().client);
      const wrong = names.flatMap((name) => differences(before.get(name) ?? {}, after.get(name) ?? {}));
      expect(brief(wrong), again).toEqual([]);
      survived('X1', 'tenants over helm uninstall and install', names.length);
    });

    it('CRD deleted and re-installed: no namespace, claim or Secret is lost', async () => {
      const precious = await uids(lab().client);
      expect(precious.length).toBeGreaterThan(names.length * 8);
      const running = await lab().run();
      await lab().client.delete(builtinKinds.CustomResourceDefinition, { name: 'lunatenants.luna-iems.io' });
      await eventually('the CRD is gone', async () => {
        const found = await lab().client.get(builtinKinds.CustomResourceDefinition, {
          name: 'lunatenants.luna-iems.io',
        });
        return found === undefined;
      });
      await running.idle();
      expect(await uids(lab().client), 'while there is no CRD').toEqual(precious);
      await lab().installChart();
      await eventually('tenants are taken', () =>
        lab()
          .apply(names[0] ?? '')
          .then(
            () => true,
            () => false,
          ),
      );
      await Promise.all(names.map((name) => lab().apply(name)));
      await lab().converge(running, names);
      expect(await uids(lab().client), 'after it came back').toEqual(precious);
      await running.stop();
      survived('X1', 'tenants over a lost CRD', names.length);
    });

    it('P1: a change amid a backlog is not last in line', async () => {
      const count = Number(process.env['LUNA_FAULT_TENANTS'] ?? 200);
      const crowd = crew('crowd', count);
      const [first = ''] = names;
      const platform = { controller: { ...lab().platform.controller, concurrency: 2 } };
      // Made while no operator runs, so that the next one starts with all of them before it.
      await Promise.all(crowd.map((name) => lab().apply(name)));
      const busy = await lab().run({ platform });
      await rename(lab(), first, 'in a hurry');
      await eventually('the change is applied', async () => {
        const ref = { name: 'tenant-api', namespace: `luna-${first}` };
        const api = await lab().client.get(builtinKinds.Deployment, ref);
        return (api?.['spec'] as { replicas?: number } | undefined)?.replicas === 2;
      });
      const served = [...(await lab().tenants()).values()].filter(
        ({ metadata, status }) => metadata.name.includes('crowd') && status !== undefined,
      );
      await busy.kill();
      expect(served.length, 'of the crowd were served before').toBeLessThan(count);
      survived(
        'P1',
        'a change amid a backlog',
        1,
        `${String(served.length)} of ${String(count)} were served before it`,
      );
    });
  });
}

/** Namespaces, claims and Secrets of all tenants, as what they are and not only by name. */
async function uids(client: Client): Promise<string[]> {
  const kinds = [builtinKinds.Namespace, builtinKinds.PersistentVolumeClaim, builtinKinds.Secret];
  const lists = await Promise.all(kinds.map((kind) => client.list(kind, { labelSelector: 'luna-iems.io/tenant' })));
  return lists
    .flatMap(({ items }) => items)
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ kind, metadata, data }) => `${kind} ${metadata.name} ${metadata.uid ?? ''} ${JSON.stringify(data ?? null)}`)
    .sort();
}

/** Takes away what Helm would: everything but what says `keep`. */
async function uninstall({ client, chart }: Lab): Promise<void> {
  for (const object of chart) {
    if (object.metadata.annotations?.['helm.sh/resource-policy'] === 'keep') continue;
    const { name, namespace } = object.metadata;
    await client.delete(client.kindOf(object), { name, namespace });
  }
}
