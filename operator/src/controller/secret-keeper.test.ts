import { randomBytes } from 'node:crypto';
import type { Applier, Client, EventRecorder, KubeObject } from '@luna-iems/kube-runtime';
import { describe, expect, it } from 'vitest';
import { SECRET_NAMES } from '../plan/secrets.ts';
import { observedFixture, tenantFixture } from '../testing/fixtures.ts';
import { createSecretKeeper } from './secret-keeper.ts';

const signal = new AbortController().signal;
const secret = (name: string, uid = `uid-${name}`): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'luna-demo', uid, resourceVersion: '1' },
});

/** A keeper over Secrets that the test may take away and add to, also in the middle of a pass. */
function keeperOver(there: KubeObject[], meanwhile: () => void = () => undefined) {
  const never = (): never => {
    throw new Error('not expected');
  };
  const applier: Pick<Applier, 'createOnce'> = {
    createOnce: ({ metadata }) => {
      meanwhile();
      return Promise.resolve({ result: 'created', object: secret(metadata.name, `new-${metadata.name}`) });
    },
  };
  const keeper = createSecretKeeper({
    client: { patch: never } as unknown as Client,
    applier: applier as Applier,
    events: { record: never } as unknown as EventRecorder,
    random: randomBytes,
  });
  const observed = { ...observedFixture(), list: (): KubeObject[] => [...there] };
  return () => keeper.keep(tenantFixture(), observed, signal);
}

describe('createSecretKeeper', () => {
  it('gives a version for every Secret, made or found', async () => {
    const versions = await keeperOver(SECRET_NAMES.slice(2).map((name) => secret(name)))();
    expect(Object.keys(versions).sort()).toEqual([...SECRET_NAMES].sort());
  });

  it('keeps the version of a Secret that goes while another one is made', async () => {
    const there = SECRET_NAMES.slice(1).map((name) => secret(name));
    const all = await keeperOver([...there])();
    const going = [...there];
    const versions = await keeperOver(going, () => going.splice(0, 1))();
    expect(versions).toEqual(all);
  });
});
