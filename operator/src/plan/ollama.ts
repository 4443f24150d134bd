import type { Platform } from '../platform.ts';
import type { LunaTenant } from '../tenant.ts';
import { imagesOf } from './images.ts';
import { labelsOf, type Planned } from './meta.ts';
import { MODEL_STORE, modelSource } from './model-source.ts';
import { container, plain, podTemplate, resources, scratch, type Probe } from './pod.ts';
import { service } from './service.ts';
import { statefulSet } from './stateful-set.ts';

// The name comes as an argument, never as shell text.
const HAS_MODEL = 'OLLAMA_HOST=127.0.0.1:11434 ollama show "$1" >/dev/null';

/** The models that the tenant needs, each once, embedding first. */
export function modelNames(tenant: LunaTenant): string[] {
  const { embedding, chat, reader } = tenant.spec.models;
  return [...new Set([embedding, chat, reader].flatMap((model) => model?.name ?? []))];
}

/** Ollama with its models on a volume; ready only when the embedding model is there. The others are optional: see {@link modelScript}. */
export function planOllama(tenant: LunaTenant, platform: Platform): Planned[] {
  const { embedding, storage, resources: own } = tenant.spec.models;
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
      OLLAMA_MODELS: MODEL_STORE,
      OLLAMA_KEEP_ALIVE: '-1',
      OLLAMA_MAX_LOADED_MODELS: String(names.length),
      HOME: '/tmp',
    }),
    mounts: { models: MODEL_STORE, tmp: '/tmp' },
    probes: {
      startupProbe: {
        exec: { command: ['/bin/sh', '-c', HAS_MODEL, 'has-model', embedding.name] },
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
