import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageName } from '../images/index.ts';
import { dockerAnswers } from '../images/engine-docker.ts';
import { ToolError } from '../lib/errors.ts';
import { claimPort } from '../lib/ports.ts';
import { answers, until } from './answers.ts';
import { bornAt } from './processes.ts';
import { dockerRunner } from './runner-docker.ts';
import { processRunner } from './runner-process.ts';
import type { Runner, Running, StartRequest } from './runner.ts';
import { serviceEnv, serviceSpec } from './specs.ts';
import { orphanedFolders, ownFolder, readState, removeFolder, writeState, type SetState } from './state.ts';
import { serviceNames, type Credentials, type ServiceEnv, type ServiceName } from './types.ts';

export type Services = {
  /** DATABASE_URL, QDRANT_URL, QDRANT_API_KEY, QDRANT_READ_ONLY_API_KEY, TIKA_URL, OLLAMA_URL, S3_ENDPOINT, … of the services that were asked for. */
  readonly env: ServiceEnv;
  readonly ports: Readonly<Partial<Record<ServiceName, number>>>;
  /** Folder with each service's volumes and log. */
  readonly folder: string;
  /** Starts a service that was stopped or killed, on its old port and data, and waits until it answers. */
  readonly start: (name: ServiceName) => Promise<void>;
  /** Ends a service as a power cut would. Its data and port stay. */
  readonly kill: (name: ServiceName) => Promise<void>;
  /** Ends a service as Kubernetes would: its stop signal, then a kill after 20 s. */
  readonly terminate: (name: ServiceName) => Promise<void>;
  /** Ends all of them and removes their data. */
  readonly stop: () => Promise<void>;
};

export type ServicesOptions = {
  /** Folder of the set, removed first and at the end; by default one in the cache that is this process's own. */
  readonly dir?: string;
  /** Whether the services end with this process, even if it is killed; true by default. */
  readonly bound?: boolean;
};

const stopSeconds = 20;

/**
 * Starts services on ports of the loopback interface, from the images of hack/images, and waits until all answer. Whatever a
 * killed run left in the folder is ended and removed first. Throws `ToolError` with the end of the log of a service that fails.
 */
export async function startServices(
  names: readonly ServiceName[] = serviceNames,
  options: ServicesOptions = {},
): Promise<Services> {
  const folder = options.dir ?? ownFolder(process.pid);
  const runner = await chooseRunner(names);
  const orphaned = await orphanedFolders(async (pid) => (await bornAt(pid)) !== undefined);
  for (const former of [folder, ...orphaned]) await endSet(former, runner);
  const secrets = newCredentials();
  const ports: Partial<Record<ServiceName, number>> = {};
  for (const name of names) ports[name] = await claimPort();
  const set = openSet({ runner, folder, bound: options.bound ?? true, ports, secrets, running: {} });
  try {
    await Promise.all(names.map((name) => set.start(name)));
  } catch (error) {
    await set.stop();
    throw error;
  }
  return set;
}

/** Builds or fetches what the services run from, and starts nothing: that may take long, and what starts them has time limits. */
export async function prepareServices(names: readonly ServiceName[] = serviceNames): Promise<void> {
  await chooseRunner(names);
}

/** Ends the set in `folder`, if there is one, and removes its data. */
export async function stopServices(folder: string): Promise<void> {
  if ((await readState(folder)) !== undefined) await endSet(folder, await chooseRunner([]));
}

/** The environment of a running set; undefined if none runs in `folder`. */
export async function readServiceEnv(folder: string): Promise<ServiceEnv | undefined> {
  const state = await readState(folder);
  return state === undefined || Object.keys(state.running).length === 0
    ? undefined
    : serviceEnv(state.ports, state.secrets);
}

type SetDeps = Omit<SetState, 'running'> & {
  readonly runner: Runner;
  readonly folder: string;
  readonly bound: boolean;
  readonly running: Partial<Record<ServiceName, Running>>;
};

function openSet(deps: SetDeps): Services {
  const { runner, folder, bound, ports, secrets, running } = deps;
  const env = serviceEnv(ports, secrets);
  let writing = Promise.resolve();
  const save = (): Promise<void> => (writing = writing.then(() => writeState(folder, { ports, secrets, running })));

  const start = async (name: ServiceName): Promise<void> => {
    const port = ports[name];
    if (port === undefined)
      throw new ToolError('LUNA_SERVICE_UNKNOWN', `${name} is not one of the services that were started`);
    const request: StartRequest = { spec: serviceSpec(name, port, secrets), port, folder: join(folder, name), bound };
    await mkdir(request.folder, { recursive: true });
    if (name === 'ollama')
      await runner.fill(
        { image: 'models', env: { OLLAMA_MODELS: '/var/lib/ollama/models' }, user: request.spec.user },
        request,
      );
    const started = await runner.start(request);
    running[name] = started;
    await save();
    let dead = false;
    const answered = await until(async () => {
      dead = !(await runner.alive(started));
      return dead || answers(name, env);
    }, request.spec.startSeconds);
    if (answered && !dead) return;
    await runner.signal(started, 'SIGKILL');
    const log = await readFile(join(request.folder, 'log'), 'utf8').catch(() => '');
    throw new ToolError(
      'LUNA_SERVICE_START',
      `${name} ${dead ? 'ended' : `did not answer within ${request.spec.startSeconds} s`}:\n${log.split('\n').slice(-25).join('\n')}`,
    );
  };

  const end = async (name: ServiceName, signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<void> => {
    const current = running[name];
    if (current === undefined) return;
    await endOne(runner, current, signal);
    delete running[name];
    await save();
  };

  return {
    env,
    ports,
    folder,
    start,
    kill: (name) => end(name, 'SIGKILL'),
    terminate: (name) => end(name, serviceSpec(name, 0, secrets).stopSignal),
    async stop() {
      await Promise.all(Object.values(running).map((one) => endOne(runner, one, 'SIGKILL')));
      await writing;
      await removeFolder(folder);
    },
  };
}

async function endOne(runner: Runner, running: Running, signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<void> {
  const gone = async (): Promise<boolean> => !(await runner.alive(running));
  await runner.signal(running, signal);
  if (await until(gone, signal === 'SIGKILL' ? 5 : stopSeconds)) return;
  await runner.signal(running, 'SIGKILL');
  await until(gone, 5);
}

async function endSet(folder: string, runner: Runner): Promise<void> {
  const state = await readState(folder);
  await Promise.all(Object.values(state?.running ?? {}).map((one) => endOne(runner, one, 'SIGKILL')));
  await removeFolder(folder);
}

async function chooseRunner(names: readonly ServiceName[]): Promise<Runner> {
  const images: ImageName[] = names.includes('ollama') ? [...names, 'models'] : [...names];
  return (await dockerAnswers()) ? dockerRunner(images) : processRunner(images);
}

function newCredentials(): Credentials {
  const secret = (): string => randomBytes(18).toString('base64url');
  return { postgres: secret(), qdrant: secret(), qdrantReadOnly: secret(), objectStore: secret() };
}
