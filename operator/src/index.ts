export { createOperator, type Operator, type OperatorDeps } from './operator.ts';
export { desired } from './plan/desired.ts';
export { platformSchema, type Platform } from './platform.ts';
export { lunaTenantKind, type LunaTenant } from './tenant.ts';
