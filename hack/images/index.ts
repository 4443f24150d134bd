/** The door of this room: what other tools in `hack/` and the tests may use. */
export { ensureImages, defaultNames } from './ensure-images.ts';
export { bundleWorkspace } from './bundle.ts';
export { ensureRootfs, type Rootfs } from './rootfs.ts';
export { ensureLargeModel, type LargeModel } from './large-models.ts';
export { modelRecipes, type ModelRecipe } from './model-recipes.ts';
export type { BuiltImage, ImageName, ImageSet, StandInName, WorkloadName } from './types.ts';
