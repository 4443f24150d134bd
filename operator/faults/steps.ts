import { builtinKinds } from '@luna-iems/kube-runtime';
import type { Platform } from '../src/platform.ts';
import { ROTATE_ANNOTATION, lunaTenantKind } from '../src/tenant.ts';
import { specFixture } from '../src/testing/fixtures.ts';
import { hasPhase, isGone, isReady, type Done, type Lab } from './lab.ts';

/** One thing that happens in a tenant's life. */
export interface Step {
  readonly name: string;
  /** What the user does. */
  readonly change: (lab: Lab, tenant: string) => Promise<void>;
  /** When the operator has dealt with it. */
  readonly done: Done;
  /** The operator's own settings from this step on. */
  readonly platform?: (platform: Platform) => Partial<Platform>;
}

const merge = async ({ client }: Lab, name: string, body: object): Promise<void> =>
  void (await client.patch(lunaTenantKind, { name }, { type: 'merge', body }));
const respec = (spec: object) => (lab: Lab, tenant: string) => merge(lab, tenant, { spec });
const remove = async ({ client }: Lab, name: string): Promise<void> =>
  void (await client.delete(lunaTenantKind, { name }));

/** Every image under another tag, as a release of the platform brings. */
export function newImages({ images, version }: Platform): Partial<Platform> {
  const renamed = Object.fromEntries(
    Object.entries(images).map(([name, image]) => [name, `${image.split('@')[0] ?? ''}-next`]),
  );
  return { images: renamed as Platform['images'], version: `${version}-next` };
}

export const create: Step = { name: 'create', change: (lab, tenant) => lab.apply(tenant), done: isReady };
export const upgrade: Step = {
  name: 'upgrade of images and spec',
  platform: newImages,
  change: respec({ api: { replicas: 2 }, models: { chat: { name: 'luna-babble' } } }),
  done: isReady,
};
export const shrink: Step = {
  name: 'what leaves the spec',
  change: respec({ api: { replicas: 1, ingress: null }, models: { chat: null }, simulation: { enabled: false } }),
  done: isReady,
};
const size = { storage: { size: '20Gi' } };
export const grow: Step = {
  name: 'volume growth',
  change: respec({ database: size, vectorStore: size, models: size }),
  done: isReady,
};
export const hibernate: Step = {
  name: 'hibernate',
  change: respec({ hibernate: true }),
  done: (tenant) =>
    hasPhase('Hibernated')(tenant) &&
    tenant?.status?.conditions?.find(({ type }) => type === 'Hibernated')?.status === 'True',
};
export const wake: Step = { name: 'wake', change: respec({ hibernate: false }), done: isReady };
export const loseSecrets: Step = {
  name: 'lost Secrets',
  async change({ client }, tenant) {
    for (const name of ['qdrant-keys', 'postgres-sim'])
      await client.delete(builtinKinds.Secret, { name, namespace: `luna-${tenant}` });
    // The last word is a change of the spec, so that `done` has something to wait for.
    await client.patch(lunaTenantKind, { name: tenant }, { type: 'merge', body: { spec: { displayName: 'lost' } } });
  },
  done: isReady,
};
export const rotate: Step = {
  name: 'rotation of Secrets',
  change: (lab, tenant) => merge(lab, tenant, { metadata: { annotations: { [ROTATE_ANNOTATION]: 'once' } } }),
  done: (tenant) => isReady(tenant) && tenant?.status?.secretRotation === 'once',
};
export const retain: Step = { name: 'deletion under Retain', change: remove, done: isGone };
export const readopt: Step = {
  name: 're-adoption',
  change: (lab, tenant) => lab.apply(tenant, specFixtureGrown()),
  done: isReady,
};
export const destroy: Step = {
  name: 'deletion under Delete',
  async change(lab, tenant) {
    await merge(lab, tenant, { spec: { deletionPolicy: 'Delete' } });
    await remove(lab, tenant);
  },
  done: isGone,
};

/** A tenant's whole life, each step from where the one before ended. */
export const life: readonly Step[] = [
  create,
  upgrade,
  shrink,
  grow,
  hibernate,
  wake,
  loseSecrets,
  rotate,
  retain,
  readopt,
  destroy,
];

/** Storage as {@link grow} left it: a claim cannot shrink. */
function specFixtureGrown(): object {
  const { models } = specFixture();
  const embedding = { name: 'all-minilm', dimensions: 384 };
  return { database: size, vectorStore: size, models: { ...models, ...size, embedding, source: { type: 'image' } } };
}
