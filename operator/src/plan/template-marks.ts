import { contentHash, type KubeObject } from '@luna-iems/kube-runtime';
import { TEMPLATE_ANNOTATION } from '../tenant.ts';
import type { Planned } from './meta.ts';

/** The mark of what an object's pods are like; undefined for what has no pods. */
export function templateMark(object: KubeObject): string | undefined {
  return object.kind === 'Job' ? object.metadata.name : object.metadata.annotations?.[TEMPLATE_ANNOTATION];
}

/** Marks everything that has pods with a hash of what they are like. */
export function markTemplates(planned: readonly Planned[]): Planned[] {
  return planned.map((item) => {
    const { metadata, spec } = item.object as KubeObject & { spec?: { template?: object; jobTemplate?: object } };
    const template = item.object.kind === 'Job' ? undefined : (spec?.template ?? spec?.jobTemplate);
    if (template === undefined) return item;
    const annotations = { ...metadata.annotations, [TEMPLATE_ANNOTATION]: contentHash(template).slice(0, 12) };
    return { ...item, object: { ...item.object, metadata: { ...metadata, annotations } } };
  });
}
