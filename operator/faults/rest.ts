import {
  hasCode,
  kindKey,
  objectKey,
  refOf,
  type Client,
  type KubeResource,
  type ObjectRef,
  type ResourceKind,
} from '@luna-iems/kube-runtime';
import { TENANT_LABEL, lunaTenantKind } from '../src/tenant.ts';

/** Something that keeps a copy of what tenants have, and works on it. */
export interface View {
  readonly kinds: readonly ResourceKind[];
  live(kind: ResourceKind, ref: ObjectRef): KubeResource | undefined;
  /** What it has of a kind in a namespace (undefined: outside of namespaces). */
  list(kind: ResourceKind, namespace: string | undefined): readonly KubeResource[];
  /** Resolves when it has nothing to do, as far as it knows. */
  idle(): Promise<void>;
}

interface Stock {
  readonly kind: ResourceKind;
  readonly items: readonly KubeResource[];
  /** The list's own version. */
  readonly version: number;
}

/** Not a speed: after so long without any change nothing will come any more. */
const PATIENCE_MS = 60_000;

/**
 * Waits until the API server, and everybody who works on it, rests: all that a list showed had been seen, nobody had anything left to
 * do, and then a second list showed the same. Holds on a machine of any speed, for it waits for no time. Throws with what is not seen.
 */
export async function untilRest(client: Client, views: readonly View[]): Promise<void> {
  const kinds = new Map(views.flatMap((view) => view.kinds).map((kind) => [kindKey(kind), kind]));
  let settled = '';
  let last = { signature: '', at: performance.now() };
  for (;;) {
    const stocks = await Promise.all([...kinds.values()].map((kind) => takeStock(client, kind)));
    const signature = stocks.map(signatureOf).join();
    if (signature === settled) return;
    if (signature !== last.signature) last = { signature, at: performance.now() };
    const unseen = await waitForViews(stocks, views);
    if (unseen === undefined) {
      await Promise.all(views.map((view) => view.idle()));
      settled = signature;
    } else if (performance.now() - last.at > PATIENCE_MS) {
      throw new Error(`a watch does not bring ${unseen}`);
    }
  }
}

async function takeStock(client: Client, kind: ResourceKind): Promise<Stock> {
  const selection = kind === lunaTenantKind ? {} : { labelSelector: TENANT_LABEL };
  const { items, resourceVersion } = await client
    .list(kind, { ...selection, metadataOnly: true })
    .catch((error: unknown) => {
      // The CRD is not installed.
      if (hasCode(error, 'KUBE_NOT_FOUND')) return { items: [], resourceVersion: '0' };
      throw error;
    });
  return { kind, items, version: Number(resourceVersion) };
}

const versionOf = (object: KubeResource | undefined): number => Number(object?.metadata.resourceVersion ?? -1);

const signatureOf = ({ items }: Stock): string =>
  `${String(items.length)}@${String(Math.max(0, ...items.map(versionOf)))}`;

/** Gives the views a moment; the first thing that one of them has not seen then, or undefined. */
async function waitForViews(stocks: readonly Stock[], views: readonly View[]): Promise<string | undefined> {
  for (let look = 0; ; look += 1) {
    const unseen = firstUnseen(stocks, views);
    if (unseen === undefined || look === 10) return unseen;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function firstUnseen(stocks: readonly Stock[], views: readonly View[]): string | undefined {
  const namespaces = new Set([
    undefined,
    ...stocks.flatMap(({ items }) => items.map(({ metadata }) => metadata.namespace)),
  ]);
  for (const view of views) {
    const known = new Set(view.kinds.map(kindKey));
    for (const stock of stocks.filter(({ kind }) => known.has(kindKey(kind)))) {
      const unseen = changeUnseen(stock, view) ?? deletionUnseen(stock, view, namespaces);
      if (unseen !== undefined) return unseen;
    }
  }
  return undefined;
}

function changeUnseen({ kind, items }: Stock, view: View): string | undefined {
  const item = items.find((one) => versionOf(view.live(kind, refOf(one))) < versionOf(one));
  return item && `${kind.kind} ${objectKey(item.metadata)}`;
}

/** Older than the list, and not in it. */
function deletionUnseen(
  { kind, items, version }: Stock,
  view: View,
  namespaces: ReadonlySet<string | undefined>,
): string | undefined {
  const present = new Set(items.map(({ metadata }) => objectKey(metadata)));
  for (const namespace of namespaces) {
    const gone = view
      .list(kind, namespace)
      .find((one) => versionOf(one) <= version && !present.has(objectKey(one.metadata)));
    if (gone !== undefined) return `the deletion of ${kind.kind} ${objectKey(gone.metadata)}`;
  }
  return undefined;
}
