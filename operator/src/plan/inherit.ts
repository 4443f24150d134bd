import type { KubeObject, ObjectMeta } from '@luna-iems/kube-runtime';
import type { Platform } from '../platform.ts';
import type { LunaTenant } from '../tenant.ts';
import type { Planned } from './meta.ts';

type Marks = Pick<ObjectMeta, 'labels' | 'annotations'>;
interface Template {
  metadata?: Marks;
}

/** Never passed on: they mean something on the very object that carries them. */
const OWN = [
  'app.kubernetes.io/',
  'luna-iems.io/',
  'pod-security.kubernetes.io/',
  'kubectl.kubernetes.io/',
  'meta.helm.sh/',
];

/**
 * Gives every planned object, and the pods that come of it, those labels and annotations of the LunaTenant that the platform lets
 * through. What the plan itself says wins. Left out are a Job's pods, because a Job's template cannot change, and volume claims.
 */
export function inherit(tenant: LunaTenant, platform: Platform, planned: readonly Planned[]): Planned[] {
  const marks: Marks = {
    labels: chosen(tenant.metadata.labels, platform.inherit.labels),
    annotations: chosen(tenant.metadata.annotations, platform.inherit.annotations),
  };
  if (Object.keys({ ...marks.labels, ...marks.annotations }).length === 0) return [...planned];
  return planned.map((item) => ({ ...item, object: marked(item.object, marks) }));
}

function chosen(all: Record<string, string> = {}, patterns: readonly string[]): Record<string, string> {
  const passes = (key: string): boolean =>
    !OWN.some((prefix) => key.startsWith(prefix)) && patterns.some((pattern) => matches(key, pattern));
  return Object.fromEntries(Object.entries(all).filter(([key]) => passes(key)));
}

/** A pattern is a key, or the beginning of one before an asterisk. */
function matches(key: string, pattern: string): boolean {
  return pattern.endsWith('*') ? key.startsWith(pattern.slice(0, -1)) : key === pattern;
}

function marked(object: KubeObject, marks: Marks): KubeObject {
  const out = { ...object, metadata: merged(object.metadata, marks) };
  const spec = object['spec'] as { template?: Template; jobTemplate?: Template & { spec: { template: Template } } };
  switch (object.kind) {
    case 'Deployment':
    case 'StatefulSet':
      return { ...out, spec: { ...spec, template: withMarks(spec.template, marks) } };
    case 'CronJob': {
      const job = withMarks<NonNullable<typeof spec.jobTemplate>>(spec.jobTemplate, marks);
      const template = withMarks(job.spec.template, marks);
      return { ...out, spec: { ...spec, jobTemplate: { ...job, spec: { ...job.spec, template } } } };
    }
    default:
      return out;
  }
}

function withMarks<T extends Template>(template: T | undefined, marks: Marks): T {
  return { ...template, metadata: merged(template?.metadata ?? {}, marks) } as T;
}

function merged<T extends Marks>(metadata: T, { labels, annotations }: Marks): T {
  const own = { labels: { ...labels, ...metadata.labels }, annotations: { ...annotations, ...metadata.annotations } };
  // An empty map is left out, so that nothing changes where nothing is passed on.
  const filled = Object.fromEntries(Object.entries(own).filter(([, map]) => Object.keys(map).length > 0));
  return { ...metadata, ...filled };
}
