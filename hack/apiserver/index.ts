import { request } from 'node:https';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBinaries } from '../cluster/binaries.ts';
import { ToolError } from '../lib/errors.ts';
import { claimPort } from '../lib/ports.ts';
import { waitFor } from '../lib/wait.ts';
import { startDaemon, type Daemon } from './daemon.ts';
import { freshDir } from './leftovers.ts';
import {
  apiServerFlags,
  etcdFlags,
  prepare,
  urlOf,
  writeKubeconfig,
  type AuditRules,
  type Layout,
} from './settings.ts';

/** A real etcd and kube-apiserver on loopback. No controllers run: nothing is garbage-collected, and namespaces never finish deleting. */
export interface ApiServer {
  readonly url: string;
  /** Path of a kubeconfig whose user may do everything. */
  readonly adminKubeconfig: string;
  /** Path of a kubeconfig of the user `limited`, who may do nothing until a role is bound. */
  readonly limitedKubeconfig: string;
  /** Where etcd answers over plain HTTP, for tests that compact or break it. */
  readonly etcdUrl: string;
  /** Path of the audit log, one JSON event a line, written before the answer goes out; undefined when none was asked for. */
  readonly auditLog: string | undefined;
  /** Process ids of those two that run now, for measurements. */
  pids(): number[];
  /** Kills the API server and leaves etcd alone. */
  down(): Promise<void>;
  /** Starts it again on the same address, and waits until it is ready. */
  up(): Promise<void>;
  /** `down` and `up`: open connections break, the watch cache begins anew. */
  restart(): Promise<void>;
  /** Ends both and removes what they kept. */
  stop(): Promise<void>;
}

/** Options of {@link startApiServer}. */
export interface ApiServerOptions {
  /** Which calls the audit log notes; no log when left out. */
  auditRules?: AuditRules;
}

const readyLimitMs = 90_000;

/**
 * Starts a server of its own for whoever asks; it dies with this process at the latest. Programs come from KUBEBUILDER_ASSETS, or
 * are compiled once into the cache. What an earlier, killed run left is removed. Throws LUNA_APISERVER with the servers' last words.
 */
export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  const bin = process.env['KUBEBUILDER_ASSETS'] || (await ensureBinaries(['etcd', 'kube-apiserver']));
  return startIn(await freshDir(), bin, options);
}

async function startIn(dir: string, bin: string, { auditRules }: ApiServerOptions): Promise<ApiServer> {
  const ports = { api: await claimPort(), etcd: await claimPort(), peer: await claimPort() };
  const layout = prepare(dir, { ports, auditRules });
  const etcd = startDaemon(join(bin, 'etcd'), etcdFlags(layout), dir);
  let server: Daemon | undefined;

  const down = async (): Promise<void> => {
    await server?.stop('at-once');
    server = undefined;
  };
  const up = async (): Promise<void> => {
    server = startDaemon(join(bin, 'kube-apiserver'), apiServerFlags(layout), dir);
    await untilReady(layout, [etcd, server]);
  };
  const stop = async (): Promise<void> => {
    await down();
    await etcd.stop('at-once');
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };

  try {
    await up();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: urlOf(layout),
    auditLog: layout.auditLog,
    etcdUrl: `http://127.0.0.1:${ports.etcd}`,
    adminKubeconfig: writeKubeconfig(layout, { name: 'admin', token: layout.adminToken }),
    limitedKubeconfig: writeKubeconfig(layout, { name: 'limited', token: layout.limitedToken }),
    pids: () => [etcd, server].flatMap((daemon) => daemon?.pid ?? []),
    down,
    up,
    async restart() {
      await down();
      await up();
    },
    stop,
  };
}

async function untilReady(layout: Layout, daemons: readonly Daemon[]): Promise<void> {
  const isReady = async (): Promise<boolean> => {
    const dead = daemons.find((daemon) => daemon.exited);
    if (dead) throw new ToolError('LUNA_APISERVER', `a server of the test API server ended: ${dead.log()}`);
    return (await answers(layout, '/readyz')) && (await answers(layout, '/api/v1/namespaces/default'));
  };
  try {
    await waitFor('a ready API server', isReady, readyLimitMs);
  } catch (cause) {
    throw new ToolError('LUNA_APISERVER', daemons.map((daemon) => daemon.log()).join('\n'), cause);
  }
}

/** Whether the server says 200. Its certificate is not checked: it is being made at this moment. */
function answers(layout: Layout, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${layout.adminToken}` };
    const asked = request(
      urlOf(layout) + path,
      { headers, rejectUnauthorized: false, timeout: 5000, agent: false },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      },
    );
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.end();
  });
}
