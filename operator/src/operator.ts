import {
  createApplier,
  createController,
  createEventRecorder,
  type Client,
  type Controller,
  type EventRecorder,
  type Logger,
  type RuntimeMetrics,
} from '@luna-iems/kube-runtime';
import type { Registry } from 'prom-client';
import { createObserver, type Observer } from './controller/observer.ts';
import { createPlanner } from './controller/planner.ts';
import { createReconciler } from './controller/reconcile.ts';
import { createReporter } from './controller/report.ts';
import { createRollout } from './controller/rollout.ts';
import { createTenantMetrics } from './controller/tenant-metrics.ts';
import { planRevision } from './plan/revision.ts';
import type { RandomBytes } from './plan/secrets.ts';
import type { Platform } from './platform.ts';
import { HASH_ANNOTATION, MANAGER, TENANT_LABEL } from './tenant.ts';

export interface OperatorDeps {
  client: Client;
  platform: Platform;
  /** This process, for Events. */
  identity: string;
  random: RandomBytes;
  /** Milliseconds since 1970. */
  now: () => number;
  logger: Logger;
  metrics: RuntimeMetrics;
  registry: Registry;
}

/** The parts of a running operator. */
export interface Operator {
  readonly observer: Observer;
  readonly events: EventRecorder;
  /** A controller for one term of leadership. */
  controller(): Controller;
}

/** Wires the operator together; nothing runs yet. */
export function createOperator(deps: OperatorDeps): Operator {
  const { client, platform, logger, metrics } = deps;
  const events = createEventRecorder({ client, controller: 'luna-iems.io/operator', instance: deps.identity, logger });
  const reporter = createReporter({ client, events, logger, now: deps.now });
  const observer = createObserver({ client, logger, metrics, isOwnStatus: (tenant) => reporter.isOwn(tenant) });
  const applier = createApplier({
    client,
    fieldManager: MANAGER,
    hashAnnotation: HASH_ANNOTATION,
    live: (kind, ref) => observer.live(kind, ref),
    mayTakeOver: ({ metadata }) => metadata.labels?.[TENANT_LABEL] !== undefined,
    wrote: (kind, object) => observer.wrote(kind, object),
    settled: (kind, object) => observer.settled(kind, object),
    candidates: (kind, { labels }) => observer.labelled(kind, labels[TENANT_LABEL] ?? ''),
  });
  const rollout = createRollout({
    revision: planRevision(platform),
    settings: platform.rollout,
    tenants: () => observer.tenants(),
    now: deps.now,
  });
  const reconcile = createReconciler({
    ...deps,
    rollout,
    plan: createPlanner(platform),
    applier,
    observer,
    events,
    reporter,
    metrics: createTenantMetrics(deps.registry),
  });
  return {
    observer,
    events,
    controller: () =>
      createController({
        name: 'lunatenant',
        sources: [...observer.sources, rollout.source],
        reconcile,
        concurrency: platform.controller.concurrency,
        resyncMs: platform.controller.resyncSeconds * 1000,
        resyncKeys: () => observer.tenantNames(),
        metrics,
        logger,
      }),
  };
}
