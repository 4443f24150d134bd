import { MONITORED } from '../plan/monitoring.ts';
import { inPlace, type Finding, type Situation } from './finding.ts';

const type = 'MonitoringReady';

/** Whether Prometheus is told where the tenant's metrics are. */
export function monitoring(situation: Situation): Finding {
  const wish = situation.tenant.spec.monitoring.serviceMonitor;
  if (wish === 'disabled')
    return { type, status: 'True', reason: 'Disabled', message: 'spec.monitoring.serviceMonitor is disabled' };
  const { wanted, missing } = inPlace(situation, 'ServiceMonitor');
  if (wanted === 0) return notInstalled(wish);
  if (missing.length > 0) {
    return {
      type,
      status: 'False',
      reason: 'Missing',
      message: `ServiceMonitors missing or changed by others: ${missing.join(', ')}`,
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
