import { builtinKinds, type BuiltinKind, type KubeObject } from '@luna-iems/kube-runtime';
import { TENANT_LABEL, lunaTenantKind } from '../src/tenant.ts';
import { hasPhase, isGone, isReady, type Lab } from './lab.ts';
import type { Running } from './running.ts';

/** A tenant that already has the field's value, and the operator that knows it. */
export interface Scene {
  readonly lab: Lab;
  readonly running: Running;
  readonly name: string;
}

/** Fields that no child shows: what the operator then does, and does not. Each gives what is wrong, as sentences. */
export const ACTS: Readonly<Record<string, (scene: Scene) => Promise<string[]>>> = {
  namespace: livesElsewhere,
  paused: leavesAlone,
  deletionPolicy: deletesAll,
  deletionProtection: refusesDeletion,
};

const find = ({ lab, name }: Scene, kind: BuiltinKind, child: string): Promise<KubeObject | undefined> =>
  lab.client.get(builtinKinds[kind], { namespace: `luna-${name}`, name: child });
const space = ({ lab }: Scene, name: string): Promise<KubeObject | undefined> =>
  lab.client.get(builtinKinds.Namespace, { name });
const patch = async ({ lab, name }: Scene, spec: object): Promise<void> =>
  void (await lab.client.patch(lunaTenantKind, { name }, { type: 'merge', body: { spec } }));
const remove = async ({ lab, name }: Scene): Promise<void> => void (await lab.client.delete(lunaTenantKind, { name }));
const wrong = (what: string, isWrong: boolean): string[] => (isWrong ? [what] : []);

async function livesElsewhere(scene: Scene): Promise<string[]> {
  const namespace = 'luna-t-elsewhere';
  const there = await space(scene, namespace);
  const { items } = await scene.lab.client.list(builtinKinds.StatefulSet, { namespace });
  return [
    ...wrong('the namespace asked for is not the tenant’s', there?.metadata.labels?.[TENANT_LABEL] !== scene.name),
    ...wrong('its workloads are not in it', items.length !== 3),
    ...wrong('it has the default namespace too', (await space(scene, `luna-${scene.name}`)) !== undefined),
  ];
}

async function leavesAlone(scene: Scene): Promise<string[]> {
  const { lab, running, name } = scene;
  const isFixed = async (): Promise<readonly boolean[]> => {
    const api = await find(scene, 'Deployment', 'tenant-api');
    const { replicas } = (api?.['spec'] ?? {}) as { replicas?: number };
    return [(await find(scene, 'Service', 'tika')) !== undefined, replicas === 2];
  };
  await lab.client.delete(builtinKinds.Service, { namespace: `luna-${name}`, name: 'tika' });
  await patch(scene, { api: { replicas: 2 } });
  await lab.converge(running, [name], hasPhase('Paused'));
  const during = await isFixed();
  await patch(scene, { paused: false });
  await lab.converge(running, [name], isReady);
  const after = await isFixed();
  return [
    ...wrong('something was put right while it was paused', during.includes(true)),
    ...wrong('not all was put right afterwards', after.includes(false)),
  ];
}

async function deletesAll(scene: Scene): Promise<string[]> {
  await remove(scene);
  await scene.lab.converge(scene.running, [scene.name], isGone);
  return wrong('the namespace is still there', (await space(scene, `luna-${scene.name}`)) !== undefined);
}

async function refusesDeletion(scene: Scene): Promise<string[]> {
  const { lab, running, name } = scene;
  await remove(scene);
  await lab.converge(running, [name], (tenant) => {
    const refused = tenant?.status?.conditions?.find(({ type }) => type === 'DeletionRefused');
    return tenant === undefined || refused?.status === 'True';
  });
  const stays = (await find(scene, 'StatefulSet', 'postgres')) !== undefined;
  await patch(scene, { deletionProtection: false });
  await lab.converge(running, [name], isGone);
  return [
    ...wrong('its workloads went in spite of the protection', !stays),
    ...wrong(
      'its workloads stayed without the protection',
      (await find(scene, 'StatefulSet', 'postgres')) !== undefined,
    ),
  ];
}
