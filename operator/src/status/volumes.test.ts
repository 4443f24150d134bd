import { describe, expect, it } from 'vitest';
import type { KubeObject } from '@luna-iems/kube-runtime';
import { observedFixture, tenantFixture } from '../testing/fixtures.ts';
import { volumes } from './volumes.ts';

function claim(asks: string, status: object): KubeObject {
  const metadata = { name: 'data-postgres-0', namespace: 'luna-demo' };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata,
    spec: { resources: { requests: { storage: asks } } },
    status,
  };
}
const found = (asks: string, status: object): ReturnType<typeof volumes> =>
  volumes({ tenant: tenantFixture(), planned: [], observed: observedFixture([claim(asks, status)]) });
const bound = (size: string): object => ({ phase: 'Bound', capacity: { storage: size } });

describe('VolumesReady', () => {
  it('says of volumes what is worth knowing', () => {
    expect(found('10Gi', bound('10Gi'))).toMatchObject({
      status: 'True',
      reason: 'AsWanted',
      message: 'every volume is as the spec asks: none is growing, and none has failed to grow',
    });
    expect(found('10Gi', { phase: 'Pending' })).toMatchObject({ reason: 'AsWanted' });
    expect(found('20Gi', bound('10Gi'))).toMatchObject({ status: 'True', reason: 'Growing' });
    expect(found('50Gi', bound('50Gi'))).toMatchObject({
      status: 'True',
      reason: 'LargerThanSpec',
      message: expect.stringMatching(/enlarged to 50Gi by hand and stays so; spec asks for 10Gi/) as string,
    });
    const stuck = {
      ...bound('10Gi'),
      allocatedResourceStatuses: { storage: 'ControllerResizeInfeasible' },
      conditions: [{ type: 'ControllerResizeError', status: 'True', message: 'pool is full' }],
    };
    expect(found('20Gi', stuck)).toMatchObject({
      status: 'False',
      reason: 'CannotGrow',
      message: expect.stringMatching(/pool is full/) as string,
      trouble: true,
    });
  });
});
