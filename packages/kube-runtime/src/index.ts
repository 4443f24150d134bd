export * from './types.ts';
export { systemClock, type Clock } from './clock.ts';
export { jitter, systemRandom, type Random } from './random.ts';
export { hasCode, KubeError, TerminalError, type KubeErrorCode, type KubeErrorDetails } from './errors.ts';
export { loadConnectionConfig, type ConnectionConfig, type LoadOptions } from './connection-config.ts';
export {
  createTransport,
  type StreamRequest,
  type Transport,
  type TransportDeps,
  type TransportRequest,
} from './transport.ts';
export {
  createClient,
  type ApplyOptions,
  type Client,
  type DeleteOptions,
  type JsonPatchOperation,
  type ListOptions,
  type ListResult,
  type Patch,
  type ReadOptions,
  type WatchOptions,
  type WriteOptions,
} from './client.ts';
export { builtinKinds, kindKey, refOf, resourcePath, type BuiltinKind } from './kinds.ts';
export type { Indexers, Store } from './store.ts';
export { createReflector, type Change, type Reflector, type ReflectorDeps } from './reflector.ts';
export {
  contentChanged,
  fromReflector,
  specOrMetadataChanged,
  type FromReflectorOptions,
  type Source,
} from './source.ts';
export {
  createWorkQueue,
  type Priority,
  type QueueObserver,
  type WorkQueue,
  type WorkQueueDeps,
} from './work-queue.ts';
export { createController, type Controller, type ControllerDeps, type ReconcileResult } from './controller.ts';
export { createLeaderElector, type LeaderElector, type LeaderElectorDeps } from './leader-elector.ts';
export { fenceWrites } from './fence.ts';
export { microTime } from './micro-time.ts';
export {
  createApplier,
  type AppliedObject,
  type Applier,
  type ApplierDeps,
  type PreciousKind,
  type PruneScope,
} from './applier.ts';
export { isSubset, type FieldSet } from './subset.ts';
export { parseQuantity, sameQuantity } from './quantity.ts';
export { canonicalJson, contentHash } from './content-hash.ts';
export { getCondition, isConditionTrue, setCondition, type Condition, type ConditionInput } from './condition.ts';
export { ensureFinalizer, removeFinalizer } from './finalizer.ts';
export { createEventRecorder, type EventInput, type EventRecorder, type EventRecorderDeps } from './events.ts';
export { createRuntimeMetrics, type RuntimeMetrics } from './metrics.ts';
// For the tests of whoever builds on this: time that stands still, calls that fail, connections that break.
export { createFakeClock, type FakeClock } from './testing/fake-clock.ts';
export {
  createFaultTransport,
  type Fault,
  type FaultOptions,
  type FaultTransport,
  type SeenCall,
} from './testing/fault-transport.ts';
export {
  createTamperTransport,
  expired,
  type ListPage,
  type RawEvent,
  type ReadTamper,
  type TamperTransport,
} from './testing/tamper-transport.ts';
export { startTcpProxy, type TcpProxy } from './testing/tcp-proxy.ts';
