export { createOperator, type Operator, type OperatorDeps } from './operator.ts';
export { operatorKinds } from './optional-kinds.ts';
export { desired, type Facts } from './plan/desired.ts';
export { platformSchema, type Platform } from './platform.ts';
export { lunaTenantKind, type LunaTenant } from './tenant.ts';
