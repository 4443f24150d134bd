/** The door of this room: what other tools in `hack/` and the tests may use. */
export { ensureImages, defaultNames } from './ensure-images.ts';
export { bundleWorkspace } from './bundle.ts';
export { ensureRootfs, type Rootfs } from './rootfs.ts';
export { ensureEvaluationModel, type EvaluationModel } from './evaluation-models.ts';
export type { BuiltImage, ImageName, ImageSet, StandInName, WorkloadName } from './types.ts';
