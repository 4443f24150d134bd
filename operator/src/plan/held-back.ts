import { COMPONENT_LABEL } from '../tenant.ts';
import type { Observed } from '../observed.ts';
import type { Planned } from './meta.ts';
import { templateMark } from './template-marks.ts';

/**
 * The plan of a tenant that waits for its turn: what its pods run stays as it is, all else is as planned. A workload that is not
 * there any more is planned anew, since nothing runs that could be kept.
 */
export function holdBack(planned: readonly Planned[], observed: Observed): Planned[] {
  return planned.map((item) => {
    const { object } = item;
    const mark = templateMark(object);
    if (mark === undefined) return item;
    if (object.kind === 'Job') return holdJob(item, observed);
    const live = observed.find(object.kind, object.metadata.name);
    if (live === undefined || templateMark(live) === mark) return item;
    const { replicas } = object['spec'] as { replicas?: number };
    return { object: live, held: replicas === undefined ? {} : { replicas } };
  });
}

/** The Job of the former schema stands for that of the new one, which must not run yet. */
function holdJob(item: Planned, observed: Observed): Planned {
  const { metadata } = item.object;
  if (observed.find('Job', metadata.name) !== undefined) return item;
  const former = observed
    .list('Job')
    .find((job) => job.metadata.labels?.[COMPONENT_LABEL] === metadata.labels?.[COMPONENT_LABEL]);
  return { object: former ?? item.object, held: {} };
}
