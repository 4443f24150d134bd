import type { Platform } from '../platform.ts';
import type { LunaTenant } from '../tenant.ts';
import { imagesOf } from './images.ts';
import { container, plain, resources, type Container } from './pod.ts';

/** Where Ollama keeps its models, on their volume. */
export const MODEL_STORE = '/var/lib/ollama/models';

/** How models are had from a source, in shell: `get` says in "$HOME/why" what is wrong, `hopeless` whether trying again would not help. */
export interface Source {
  get: string;
  hopeless: string;
}

export const FROM_REGISTRY: Source = {
  // The second attempt is also the one whose words are kept: the first one's progress belongs in the log.
  get: 'ollama show "$1" >/dev/null 2>&1 || ollama pull "$1" || ollama pull "$1" >"$HOME/why" 2>&1',
  // What a registry answers; one that cannot be reached, or is too busy, may answer later.
  hopeless: 'grep -Eq \'pull model manifest: (file does not exist|40[0-7]:|41[0-9]:)\' "$HOME/why"',
};

// What was copied is not known before: a model that is not there would only show as a server that never starts.
export const FROM_IMAGE: Source = {
  get: 'ollama show "$1" >/dev/null 2>&1 || { echo "Error: not found in the model image" >"$HOME/why"; false; }',
  hopeless: 'true',
};

/**
 * Sees to it that a server that lives only as long as this script has the models in its arguments. Without the first there is nothing
 * to start for. Another one that cannot be had is told in the termination log, and the tenant's server starts without it: a wrong
 * name of an optional model must not take the embedding model away. Names come as arguments, never as shell text.
 */
export function modelScript({ get, hopeless }: Source): string {
  return `set -eu
get() { ${get}; }
hopeless() { ${hopeless}; }
ollama serve >"$HOME/serve.log" 2>&1 &
server=$!
tries=0
until ollama list >/dev/null 2>&1; do
  tries=$((tries + 1))
  if [ "$tries" -ge 60 ]; then cat "$HOME/serve.log"; exit 1; fi
  sleep 1
done
needed=$1
missing=
for model in "$@"; do
  if get "$model"; then continue; fi
  why=$(sed -n '/^Error: /,$p' "$HOME/why" | tr -s '[:space:]' ' ')
  why=\${why#Error: }
  why="$model: \${why% }"
  echo "model $why" >&2
  if [ "$model" = "$needed" ] || ! hopeless; then exit 1; fi
  missing="$missing\${missing:+; }$why"
done
kill "$server"
wait "$server" || true
printf %s "$missing" >/dev/termination-log
`;
}

/** What brings a tenant's models onto their volume before the server starts; `names` with the embedding model first. */
export function modelSource(tenant: LunaTenant, platform: Platform, names: string[]): Container[] {
  const { source } = tenant.spec.models;
  const own = resources(undefined, { cpu: '25m', memory: '128Mi', limit: '2Gi' });
  const mounts = { models: MODEL_STORE, tmp: '/tmp' };
  const serving = (name: string, from: Source): Container =>
    container({
      name,
      image: imagesOf(tenant, platform).ollama,
      platform,
      resources: own,
      command: ['/bin/sh', '-c', modelScript(from), name, ...names],
      env: plain({ OLLAMA_HOST: '127.0.0.1:11434', OLLAMA_MODELS: MODEL_STORE, HOME: '/tmp' }),
      mounts,
    });
  if (source.type === 'registry') return [serving('pull-models', FROM_REGISTRY)];
  const image = source.image ?? platform.images.models ?? '';
  const env = plain({ OLLAMA_MODELS: MODEL_STORE });
  return [
    container({ name: 'copy-models', image, platform, resources: own, env, mounts }),
    serving('check-models', FROM_IMAGE),
  ];
}
