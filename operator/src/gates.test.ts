import { describe, expect, it } from 'vitest';
import type { KubeObject } from '@luna-iems/kube-runtime';
import { isPulling, passGates } from './gates.ts';
import { desired } from './plan/desired.ts';
import {
  observedFixture,
  platformFixture,
  podFixture,
  rolledOutFixture,
  specFixture,
  tenantFixture,
} from './testing/fixtures.ts';

const FACTS = { apiServer: [], pulling: false };
const tenant = tenantFixture();
const planned = desired(tenant, platformFixture(), FACTS);
const object = (kind: string, name: RegExp): KubeObject => {
  const found = planned.find((item) => item.object.kind === kind && name.test(item.object.metadata.name));
  if (found === undefined) throw new Error(`${kind} ${name.source} is not planned`);
  return found.object;
};
const postgres = rolledOutFixture(object('StatefulSet', /postgres/));
const ollama = rolledOutFixture(object('StatefulSet', /ollama/));
const schema = rolledOutFixture(object('Job', /schema/));
const heldWith = (objects: KubeObject[]): string[] =>
  passGates(tenant, planned, observedFixture(objects)).held.map(
    (item) => `${item.object.kind}/${item.object.metadata.name.replace(/schema-.*/, 'schema')}`,
  );

describe('passGates', () => {
  it('opens one gate after the other', () => {
    const waiting = ['Job/schema', 'Deployment/tenant-api', 'CronJob/sim-meter', 'CronJob/sim-market'];
    expect(heldWith([])).toEqual(waiting);
    expect(heldWith([postgres])).toEqual(waiting.slice(1));
    expect(heldWith([postgres, schema])).toEqual(['Deployment/tenant-api']);
    expect(heldWith([postgres, schema, ollama])).toEqual([]);
  });

  it('takes neither a running nor a failed Job, nor the Job of another schema, for a migrated database', () => {
    const failed = { ...schema, status: { failed: 5, conditions: [{ type: 'Failed', status: 'True' }] } };
    const other = { ...schema, metadata: { ...schema.metadata, name: 'schema-0123456789' } };
    for (const job of [{ ...schema, status: { active: 1 } }, failed, other]) {
      expect(heldWith([postgres, ollama, job])).toContain('Deployment/tenant-api');
    }
  });

  it('takes an old generation for not ready', () => {
    const stale = { ...ollama, metadata: { ...ollama.metadata, generation: 2 } };
    expect(heldWith([postgres, schema, stale])).toEqual(['Deployment/tenant-api']);
  });

  it('lets no migration meet a database that is being replaced, though its former pod still serves', () => {
    const updating = { ...postgres, metadata: { ...postgres.metadata, generation: 2 } };
    expect(heldWith([updating])).toContain('Job/schema');
    expect(heldWith([postgres])).not.toContain('Job/schema');
  });

  it('puts to sleep what exists behind a closed gate, and starts nothing', () => {
    const sleeping = tenantFixture({ hibernate: true });
    const plan = desired(sleeping, platformFixture(), FACTS);
    const { ready } = passGates(sleeping, plan, observedFixture([object('Deployment', /tenant-api/)]));
    const names = ready.map((item) => `${item.object.kind}/${item.object.metadata.name}`);
    expect(names).toContain('Deployment/tenant-api');
    expect(names).not.toContain('CronJob/sim-meter');
    expect(names.some((name) => name.startsWith('Job/'))).toBe(false);
  });
});

describe('isPulling', () => {
  const pod = (state: object): KubeObject =>
    podFixture('ollama', { initContainerStatuses: [{ name: 'pull-models', ready: true, state }] });

  it('holds until the pull of every Ollama pod has ended well', () => {
    expect(isPulling(tenant, observedFixture())).toBe(true);
    expect(isPulling(tenant, observedFixture([pod({ running: {} })]))).toBe(true);
    expect(isPulling(tenant, observedFixture([pod({ terminated: { exitCode: 1 } })]))).toBe(true);
    expect(isPulling(tenant, observedFixture([pod({ terminated: { exitCode: 0 } })]))).toBe(false);
  });

  it('never holds for models out of an image, nor in hibernation', () => {
    const fromImage = tenantFixture({ models: { ...specFixture().models, source: { type: 'image' } } });
    expect(isPulling(fromImage, observedFixture())).toBe(false);
    expect(isPulling(tenantFixture({ hibernate: true }), observedFixture())).toBe(false);
  });
});
