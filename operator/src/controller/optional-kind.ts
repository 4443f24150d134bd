import {
  builtinKinds,
  createReflector,
  fromReflector,
  type KubeObject,
  type Reflector,
  type ReflectorDeps,
  type ResourceKind,
  type Source,
} from '@luna-iems/kube-runtime';

/** A kind whose CRD may be installed, removed and installed again while the operator runs. */
export interface OptionalKind {
  readonly kind: ResourceKind;
  /** What exists of the kind; undefined while the cluster does not know it. */
  reflector(): Reflector<KubeObject> | undefined;
  /** Wakes what an object concerns, and everybody when the kind comes or goes. */
  readonly source: Source;
  run(signal: AbortSignal): Promise<void>;
}

export interface OptionalKindDeps extends ReflectorDeps<KubeObject> {
  /** The keys that an object concerns. */
  keys: (object: KubeObject) => readonly string[];
  /** All keys there are. */
  everybody: () => readonly string[];
}

/** A served CRD answers at once; one that does not must not keep the operator from starting. */
const PATIENCE_MS = 5_000;

type Enqueue = Parameters<Source['start']>[0];

/**
 * Watches a CRD by its name, and the kind's objects for as long as the CRD is there. The CRD's own content is never fetched, only
 * its metadata; until its kind is served the reflector's back-off waits for it.
 */
export function createOptionalKind(deps: OptionalKindDeps): OptionalKind {
  const { kind } = deps;
  const group = kind.apiVersion.split('/')[0] ?? '';
  const { indexers: _indexers, labelSelector: _selector, metadataOnly: _only, ...shared } = deps;
  const definitions = createReflector<KubeObject>({
    ...shared,
    kind: builtinKinds.CustomResourceDefinition,
    fieldSelector: `metadata.name=${kind.plural}.${group}`,
    metadataOnly: true,
  });
  const listeners = new Set<Enqueue>();
  const tell: Enqueue = (key, priority) => {
    for (const listener of listeners) listener(key, priority);
  };
  const tellEverybody = (): void => {
    for (const key of deps.everybody()) tell(key, 'low');
  };
  let current: { reflector: Reflector<KubeObject>; stop: AbortController } | undefined;

  const begin = (signal: AbortSignal): void => {
    const reflector = createReflector<KubeObject>(deps);
    const stop = new AbortController();
    current = { reflector, stop };
    fromReflector(reflector, { keys: deps.keys }).start(tell);
    void reflector.synced.then(tellEverybody);
    void reflector.run(AbortSignal.any([signal, stop.signal]));
  };
  const end = (): void => {
    current?.stop.abort();
    current = undefined;
    tellEverybody();
  };
  const firstSync = async (): Promise<void> => {
    await definitions.synced;
    if (current === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS);
    });
    await Promise.race([current.reflector.synced, patience]);
    clearTimeout(timer);
  };

  return {
    kind,
    reflector: () => (current?.reflector.hasSynced() === true ? current.reflector : undefined),
    source: {
      synced: firstSync(),
      start: (enqueue) => {
        listeners.add(enqueue);
        return () => void listeners.delete(enqueue);
      },
    },
    run: async (signal) => {
      definitions.subscribe(({ type }) => {
        if (type === 'added' && current === undefined) begin(signal);
        if (type === 'deleted') end();
      });
      await definitions.run(signal);
    },
  };
}
