import type { KubeObject } from '@luna-iems/kube-runtime';
import type { LunaTenant } from '../tenant.ts';
import { metaOf, selectorOf } from './meta.ts';
import type { podTemplate } from './pod.ts';

export interface StatefulSetInput {
  tenant: LunaTenant;
  component: string;
  template: ReturnType<typeof podTemplate>;
  claim: { name: string; size: string; className?: string | undefined };
}

/** A StatefulSet of one pod with one volume; none while the tenant hibernates. */
export function statefulSet({ tenant, component, template, claim }: StatefulSetInput): KubeObject {
  const selector = selectorOf(tenant, component);
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metaOf(tenant, component),
    spec: {
      replicas: tenant.spec.hibernate ? 0 : 1,
      serviceName: component,
      // With OrderedReady a pod that never becomes ready blocks its own repair (kubernetes#67250).
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: 'RollingUpdate' },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      selector: { matchLabels: selector },
      template,
      volumeClaimTemplates: [
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: claim.name, labels: selector },
          spec: {
            accessModes: ['ReadWriteOnce'],
            resources: { requests: { storage: claim.size } },
            ...(claim.className === undefined ? {} : { storageClassName: claim.className }),
          },
        },
      ],
    },
  };
}
