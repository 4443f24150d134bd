import type { Platform } from '../platform.ts';
import type { LunaTenant } from '../tenant.ts';
import { imagesOf } from './images.ts';
import { labelsOf, type Planned } from './meta.ts';
import { container, plain, podTemplate, resources, scratch, type Container, type Probe } from './pod.ts';
import { service } from './service.ts';
import { statefulSet } from './stateful-set.ts';

const STORE = '/var/lib/ollama/models';

// The server of these containers lives only for what they do. Names come as arguments, never as shell text.
const withServer = (work: string): string => `set -eu
ollama serve >/tmp/serve.log 2>&1 &
server=$!
tries=0
until ollama list >/dev/null 2>&1; do
  tries=$((tries + 1))
  if [ "$tries" -ge 60 ]; then cat /tmp/serve.log; exit 1; fi
  sleep 1
done
for model in "$@"; do
  ${work}
done
kill "$server"
wait "$server" || true
`;

const PULL = withServer(
  'if ollama show "$model" >/dev/null 2>&1; then echo "$model: already there"; else ollama pull "$model"; fi',
);

// What was copied is not known before: a model that is not there would only show as a server that never starts.
const CHECK = withServer(
  'ollama show "$model" >/dev/null 2>&1 || { echo "model $model not found in the model image"; exit 1; }',
);

const HAS_MODELS = 'for model in "$@"; do OLLAMA_HOST=127.0.0.1:11434 ollama show "$model" >/dev/null || exit 1; done';

/** The models that the tenant needs, each once, embedding first. */
export function modelNames(tenant: LunaTenant): string[] {
  const { embedding, chat, reader } = tenant.spec.models;
  return [...new Set([embedding, chat, reader].flatMap((model) => model?.name ?? []))];
}

/** Ollama with its models on a volume; ready only when every model that the tenant names is there. */
export function planOllama(tenant: LunaTenant, platform: Platform): Planned[] {
  const { storage, resources: own } = tenant.spec.models;
  const names = modelNames(tenant);
  const answers: Probe = {
    httpGet: { path: '/', port: 'http' },
    periodSeconds: 10,
    timeoutSeconds: 10,
    failureThreshold: 3,
  };
  const ollama = container({
    name: 'ollama',
    image: imagesOf(tenant, platform).ollama,
    platform,
    resources: resources(own, { cpu: '100m', memory: '512Mi', limit: '8Gi' }),
    port: 11434,
    env: plain({
      OLLAMA_HOST: '0.0.0.0:11434',
      OLLAMA_MODELS: STORE,
      OLLAMA_KEEP_ALIVE: '-1',
      OLLAMA_MAX_LOADED_MODELS: String(names.length),
      HOME: '/tmp',
    }),
    mounts: { models: STORE, tmp: '/tmp' },
    probes: {
      startupProbe: {
        exec: { command: ['/bin/sh', '-c', HAS_MODELS, 'has-models', ...names] },
        periodSeconds: 3,
        timeoutSeconds: 20,
        failureThreshold: 60,
      },
      livenessProbe: { ...answers, periodSeconds: 30, failureThreshold: 4 },
      readinessProbe: answers,
    },
  });
  const template = podTemplate({
    labels: labelsOf(tenant, 'ollama'),
    serviceAccount: 'ollama',
    uid: 1000,
    platform,
    tenant,
    scheduling: tenant.spec.models.scheduling,
    initContainers: modelSource(tenant, platform, names),
    containers: [ollama],
    volumes: [scratch('tmp', '2Gi')],
  });
  const claim = { name: 'models', size: storage.size, className: storage.className };
  return [service(tenant, 'ollama', 11434), { object: statefulSet({ tenant, component: 'ollama', template, claim }) }];
}

function modelSource(tenant: LunaTenant, platform: Platform, names: string[]): Container[] {
  const { source } = tenant.spec.models;
  const own = resources(undefined, { cpu: '25m', memory: '128Mi', limit: '2Gi' });
  const mounts = { models: STORE, tmp: '/tmp' };
  const serving = (name: string, script: string): Container =>
    container({
      name,
      image: imagesOf(tenant, platform).ollama,
      platform,
      resources: own,
      command: ['/bin/sh', '-c', script, name, ...names],
      env: plain({ OLLAMA_HOST: '127.0.0.1:11434', OLLAMA_MODELS: STORE, HOME: '/tmp' }),
      mounts,
    });
  if (source.type === 'registry') return [serving('pull-models', PULL)];
  const image = source.image ?? platform.images.models ?? '';
  const env = plain({ OLLAMA_MODELS: STORE });
  return [
    container({ name: 'copy-models', image, platform, resources: own, env, mounts }),
    serving('check-models', CHECK),
  ];
}
