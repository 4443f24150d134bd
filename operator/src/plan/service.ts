import type { KubeObject } from '@luna-iems/kube-runtime';
import type { LunaTenant } from '../tenant.ts';
import { metaOf, selectorOf, type Planned } from './meta.ts';

/** The Service of a component: `port` inside the namespace, the pods' port named `http` behind it. */
export function service(tenant: LunaTenant, component: string, port: number): Planned {
  const object: KubeObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metaOf(tenant, component),
    spec: {
      type: 'ClusterIP',
      selector: selectorOf(tenant, component),
      ports: [{ name: 'http', port, targetPort: 'http', protocol: 'TCP' }],
    },
  };
  return { object };
}
