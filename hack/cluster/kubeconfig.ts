import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

import { attempt, run } from '../lib/run.ts';

/** The name of our context, cluster and user in a person's own kubeconfig. */
export const contextName = 'luna';

/** A person's own kubeconfig, which a plain `kubectl` reads. */
export const personalKubeconfig = (): string => join(homedir(), '.kube', 'config');

/** What the cluster's own kubeconfig holds: where the API server is and how to prove who one is, as base64 PEM. */
export interface Access {
  readonly server: string;
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** A self-contained kubeconfig with one context, `luna`. JSON is YAML too. */
export const kubeconfigOf = (access: Access): string => {
  const name = contextName;
  return `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster: { server: access.server, 'certificate-authority-data': access.authority } }],
      users: [{ name, user: { 'client-certificate-data': access.certificate, 'client-key-data': access.key } }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      'current-context': name,
    },
    null,
    2,
  )}\n`;
};

const remembered = (dir: string): string => join(dir, 'personal-kubeconfig.json');

interface Remembered {
  readonly existed: boolean;
  readonly context: string;
}

const replaceFile = (file: string, content: string): void => {
  mkdirSync(dirname(file), { recursive: true });
  const real = existsSync(file) ? realpathSync(file) : file;
  const fresh = `${real}.luna-${process.pid}`;
  writeFileSync(fresh, content, { mode: 0o600 });
  renameSync(fresh, real);
  chmodSync(real, 0o600);
};

const currentContext = async (kubectl: string, file: string): Promise<string> =>
  (await attempt(kubectl, ['config', 'current-context'], { env: { ...process.env, KUBECONFIG: file } })).stdout.trim();

/** Merges our context into a person's kubeconfig and makes it current. `stateDir` remembers which one was. Does nothing when done already. */
export const mergeIntoPersonal = async (kubectl: string, own: string, stateDir: string): Promise<boolean> => {
  const personal = personalKubeconfig();
  const note = remembered(stateDir);
  if (!existsSync(note)) {
    const was: Remembered = { existed: existsSync(personal), context: await currentContext(kubectl, personal) };
    mkdirSync(stateDir, { recursive: true });
    writeFileSync(note, JSON.stringify(was));
  }
  // The first file wins where both name the same thing, so ours replaces what an earlier cluster of ours left.
  const merged = await run(kubectl, ['config', 'view', '--flatten', '--raw'], {
    env: { ...process.env, KUBECONFIG: `${own}:${personal}` },
  });
  if (existsSync(personal) && readFileSync(personal, 'utf8') === merged) return false;
  replaceFile(personal, merged);
  return true;
};

/** Takes our context out of a person's kubeconfig, and makes current again what was. */
export const removeFromPersonal = async (kubectl: string, stateDir: string): Promise<void> => {
  const personal = personalKubeconfig();
  const note = remembered(stateDir);
  if (!existsSync(personal)) return;
  const was = existsSync(note)
    ? (JSON.parse(readFileSync(note, 'utf8')) as Remembered)
    : { existed: true, context: '' };
  const config = (...args: string[]): Promise<unknown> =>
    attempt(kubectl, ['config', `--kubeconfig=${personal}`, ...args]);
  const stillOurs = (await currentContext(kubectl, personal)) === contextName;
  for (const what of ['delete-context', 'delete-cluster', 'delete-user']) await config(what, contextName);
  const back = was.context && was.context !== contextName ? ['use-context', was.context] : ['unset', 'current-context'];
  if (stillOurs) await config(...back);
  rmSync(note, { force: true });
  if (!was.existed && !(await hasEntries(kubectl, personal))) rmSync(personal, { force: true });
};

const hasEntries = async (kubectl: string, file: string): Promise<boolean> =>
  (await attempt(kubectl, ['config', `--kubeconfig=${file}`, 'get-contexts', '-o', 'name'])).stdout.trim() !== '';
