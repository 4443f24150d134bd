import type { KubeObject } from '@luna-iems/kube-runtime';
import type { LunaTenant } from '../tenant.ts';
import { metaOf, selectorOf } from './meta.ts';
import type { podTemplate } from './pod.ts';

export interface DeploymentInput {
  tenant: LunaTenant;
  component: string;
  replicas: number;
  template: ReturnType<typeof podTemplate>;
  strategy: object;
}

/** A Deployment; scaled to zero while the tenant hibernates. */
export function deployment({ tenant, component, replicas, template, strategy }: DeploymentInput): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metaOf(tenant, component),
    spec: {
      replicas: tenant.spec.hibernate ? 0 : replicas,
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: 600,
      strategy,
      selector: { matchLabels: selectorOf(tenant, component) },
      template,
    },
  };
}
