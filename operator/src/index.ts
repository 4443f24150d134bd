export { createOperator, type Operator, type OperatorDeps } from './operator.ts';
export { operatorKinds } from './optional-kinds.ts';
export { desired, type Facts } from './plan/desired.ts';
export { missingSecrets } from './plan/secrets.ts';
export { platformSchema, type Platform } from './platform.ts';
export { workloadStatus } from './testing/workload-status.ts';
export { lunaTenantKind, type LunaTenant } from './tenant.ts';
