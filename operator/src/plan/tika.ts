import type { Platform } from '../platform.ts';
import type { LunaTenant } from '../tenant.ts';
import { deployment } from './deployment.ts';
import { imagesOf } from './images.ts';
import { labelsOf, type Planned } from './meta.ts';
import { container, podTemplate, resources, scratch, type Probe } from './pod.ts';
import { service } from './service.ts';

const READY: Probe = {
  httpGet: { path: '/version', port: 'http' },
  periodSeconds: 5,
  timeoutSeconds: 5,
  failureThreshold: 3,
};

/** Apache Tika: stateless and expendable, for it parses what strangers wrote. */
export function planTika(tenant: LunaTenant, platform: Platform): Planned[] {
  const tika = container({
    name: 'tika',
    image: imagesOf(tenant, platform).tika,
    platform,
    resources: resources(tenant.spec.extraction.resources, { cpu: '50m', memory: '384Mi', limit: '2Gi' }),
    port: 9998,
    mounts: { tmp: '/tmp' },
    probes: {
      startupProbe: { ...READY, periodSeconds: 2, failureThreshold: 90 },
      // Only the port: a server that is busy with a large document must not be killed for answering late.
      livenessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
      readinessProbe: READY,
    },
  });
  const template = podTemplate({
    labels: labelsOf(tenant, 'tika'),
    serviceAccount: 'tika',
    uid: 35002,
    platform,
    tenant,
    containers: [tika],
    volumes: [scratch('tmp', '4Gi')],
  });
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } };
  return [
    service(tenant, 'tika', 9998),
    { object: deployment({ tenant, component: 'tika', replicas: 1, template, strategy }) },
  ];
}
