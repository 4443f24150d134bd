// Copies every ConfigMap labelled example.io/copy-to=<namespace> into that namespace, and keeps the copy right.
// Run: node packages/kube-runtime/examples/copy-config.ts (uses KUBECONFIG; Ctrl-C ends it)
import {
  builtinKinds,
  createApplier,
  createClient,
  createController,
  createReflector,
  createTransport,
  fromReflector,
  loadConnectionConfig,
  type KubeObject,
} from '@luna-iems/kube-runtime';

const { ConfigMap } = builtinKinds;
const target = 'example.io/copy-to';
const copied = { 'example.io/copied': 'true' };

const stop = new AbortController();
process.once('SIGINT', () => stop.abort()).once('SIGTERM', () => stop.abort());

const transport = createTransport({ config: await loadConnectionConfig(), userAgent: 'copy-config' });
const client = createClient({ transport });
const applier = createApplier({ client, fieldManager: 'copy-config', hashAnnotation: 'example.io/applied-hash' });
const originals = createReflector<KubeObject>({ client, kind: ConfigMap, labelSelector: target });
const copies = createReflector<KubeObject>({ client, kind: ConfigMap, labelSelector: 'example.io/copied=true' });

const reconcile = async (key: string, signal: AbortSignal): Promise<void> => {
  const original = originals.store.get(key);
  const labels = { ...copied, 'example.io/from': key.replace('/', '.') };
  const namespace = original?.metadata.labels?.[target];
  const desired: KubeObject[] =
    original && namespace ? [{ ...original, metadata: { name: original.metadata.name, namespace, labels } }] : [];
  for (const object of desired) await applier.apply(object, signal);
  await applier.prune(desired, { kinds: [ConfigMap], labels }, signal);
};

const originOf = (copy: KubeObject): string[] => [copy.metadata.labels?.['example.io/from']?.replace('.', '/') ?? ''];
const sources = [fromReflector(originals), fromReflector(copies, { keys: originOf })];
const controller = createController({ name: 'copy-config', sources, reconcile });
await Promise.all([originals.run(stop.signal), copies.run(stop.signal), controller.run(stop.signal)]);
await transport.close();
