import type { KubeObject } from '@luna-iems/kube-runtime';
import type { ContainerStatus, Pod } from '../observed.ts';

/**
 * Two hundred tenants are eight thousand objects, and nearly all of what they hold is read once. These functions say what is kept: what
 * is not named here, the operator does not see.
 */

/** What is kept of an object from the first moment. Pods, whose number nobody bounds, are cut to what {@link Pod} reads. */
export function trimmed(object: KubeObject): KubeObject {
  if (object.kind === 'Pod') return trimmedPod(object);
  if (object.kind === 'PersistentVolumeClaim') return withMetadata(object, { status: object['status'] });
  // When a Secret was written tells whether it was renewed; of all others only who owns which field is looked at.
  return object.kind === 'Secret' ? object : withoutTimes(object);
}

/** With field sets that are the same for all tenants, so that they can be held once. */
function withoutTimes(object: KubeObject): KubeObject {
  const { managedFields, ...metadata } = object.metadata;
  if (managedFields === undefined) return object;
  const timeless = managedFields.map(({ time: _time, fieldsType: _type, ...entry }) => entry);
  return { ...object, metadata: { ...metadata, managedFields: timeless } };
}

/**
 * What is kept of an object that was found to be as it was applied: its metadata, but for who owns which field, its status, and of its
 * spec what the operator looks at (see observed.ts, volumes.ts and status/).
 */
export function reduced(object: KubeObject): KubeObject {
  const { spec, status } = object as { spec?: Spec; status?: object };
  const kept = spec === undefined ? undefined : READ[object.kind]?.(spec);
  return withMetadata({ ...bare(object), ...(kept === undefined ? {} : { spec: kept }) }, { status });
}

interface Spec {
  replicas?: number;
  suspend?: boolean;
  template?: { spec: { containers: { name: string; image: string }[] } };
  volumeClaimTemplates?: { metadata: { name: string }; spec: { resources: unknown } }[];
}

const READ: Record<string, (spec: Spec) => Spec> = {
  Deployment: ({ replicas, template }) => ({ ...defined({ replicas }), ...templateOf(template) }),
  StatefulSet: ({ replicas, template, volumeClaimTemplates = [] }) => ({
    ...defined({ replicas }),
    ...templateOf(template),
    volumeClaimTemplates: volumeClaimTemplates.map(({ metadata, spec }) => ({
      metadata: { name: metadata.name },
      spec: { resources: spec.resources },
    })),
  }),
  CronJob: ({ suspend }) => defined({ suspend }),
};

function templateOf(template: Spec['template']): Pick<Spec, 'template'> {
  if (template === undefined) return {};
  return { template: { spec: { containers: template.spec.containers.map(({ name, image }) => ({ name, image })) } } };
}

function trimmedPod(object: KubeObject): KubeObject {
  const { status } = object as KubeObject & Pick<Pod, 'status'>;
  if (status === undefined) return withMetadata(bare(object), {});
  const { phase, reason, message, conditions, initContainerStatuses, containerStatuses } = status;
  return withMetadata(bare(object), {
    status: defined({
      phase,
      reason,
      message,
      conditions: conditions?.map(({ type, status: value, reason: why, message: said }) =>
        defined({ type, status: value, reason: why, message: said }),
      ),
      initContainerStatuses: initContainerStatuses?.map(trimmedContainer),
      containerStatuses: containerStatuses?.map(trimmedContainer),
    }),
  });
}

function trimmedContainer({ name, ready, restartCount, state, lastState }: ContainerStatus): object {
  return defined({ name, ready, restartCount, state, lastState });
}

function bare({ apiVersion, kind, metadata }: KubeObject): KubeObject {
  return { apiVersion, kind, metadata };
}

function withMetadata(object: KubeObject, { status }: { status?: unknown }): KubeObject {
  const { managedFields: _fields, ...metadata } = object.metadata;
  return { ...object, metadata, ...(status === undefined ? {} : { status }) };
}

/** Without the members that are undefined. */
function defined<T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}
