import { isSubset } from '@luna-iems/kube-runtime';
import { MONITORED } from '../plan/monitoring.ts';
import type { Finding, Situation } from './finding.ts';

const type = 'MonitoringReady';

/** Whether Prometheus is told where the tenant's metrics are. */
export function monitoring({ tenant, planned, observed }: Situation): Finding {
  const wish = tenant.spec.monitoring.serviceMonitor;
  if (wish === 'disabled')
    return { type, status: 'True', reason: 'Disabled', message: 'spec.monitoring.serviceMonitor is disabled' };
  const wanted = planned.filter(({ object }) => object.kind === 'ServiceMonitor');
  if (wanted.length === 0) return notInstalled(wish);
  const missing = wanted.filter(({ object }) => {
    const live = observed.find('ServiceMonitor', object.metadata.name);
    return live === undefined || !isSubset(object['spec'], live['spec']);
  });
  if (missing.length > 0) {
    const names = missing.map(({ object }) => object.metadata.name).join(', ');
    return {
      type,
      status: 'False',
      reason: 'Missing',
      message: `ServiceMonitors missing or changed by others: ${names}`,
    };
  }
  return { type, status: 'True', reason: 'InPlace', message: `ServiceMonitors are in place: ${MONITORED.join(', ')}` };
}

function notInstalled(wish: 'auto' | 'enabled'): Finding {
  const sentence = 'the cluster has no ServiceMonitor CRD';
  const later = 'ServiceMonitors are made as soon as it is installed';
  if (wish === 'auto') return { type, status: 'True', reason: 'NotInstalled', message: `${sentence}; ${later}` };
  const message = `spec.monitoring.serviceMonitor is enabled, but ${sentence}: install the Prometheus operator, or set the field to auto; ${later}`;
  return { type, status: 'False', reason: 'NotInstalled', message, trouble: true };
}
