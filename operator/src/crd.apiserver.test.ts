import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  createClient,
  createTransport,
  loadConnectionConfig,
  type Client,
  type KubeObject,
  type Transport,
} from '@luna-iems/kube-runtime';
import { eventually, manifest, repository } from './testing/cluster.ts';
import { lunaTenantKind, type LunaTenant } from './tenant.ts';

const CRD = 'crds/luna-iems.io_lunatenants.yaml';
const SAMPLES = readdirSync(join(repository, 'config/samples')).filter((name) => name.endsWith('.yaml'));

const S3 = { endpoint: 'https://s3.example.com', bucket: 'originals', secretName: 'keys', cidrs: ['192.0.2.0/24'] };

describe('the LunaTenant CRD', () => {
  let transport: Transport;
  let client: Client;

  beforeAll(async () => {
    transport = createTransport({
      config: await loadConnectionConfig({ kubeconfig: inject('kubeconfig') }),
      qps: 500,
      burst: 500,
    });
    client = createClient({ transport, kinds: [lunaTenantKind] });
    await client.apply(await manifest(CRD), { fieldManager: 'test' });
    await eventually('the CRD is served', () =>
      client.list(lunaTenantKind).then(
        () => true,
        () => false,
      ),
    );
  });
  afterAll(() => transport.close());

  const tenant = (spec: object, name = 'shape'): KubeObject => ({
    apiVersion: 'luna-iems.io/v1alpha1',
    kind: 'LunaTenant',
    metadata: { name },
    spec,
  });
  const dryRun = { fieldManager: 'test', dryRun: true };
  const refusal = async (spec: object, name?: string): Promise<string> =>
    client.create(tenant(spec, name), dryRun).then(
      () => 'accepted',
      (error: unknown) => String(error),
    );

  it.each(SAMPLES)('accepts the sample %s, every field known', async (name) => {
    const applied = await client.apply(await manifest(`config/samples/${name}`), dryRun);
    expect(applied.metadata.name).toBeTruthy();
  });

  it('makes a complete tenant of an empty spec', async () => {
    const { spec } = (await client.create(tenant({}), dryRun)) as unknown as LunaTenant;
    expect(spec).toMatchObject({
      database: { storage: { size: '10Gi' } },
      models: { embedding: { name: 'embeddinggemma', dimensions: 768 }, source: { type: 'registry' } },
      api: { replicas: 1 },
      simulation: { enabled: true, schedule: '*/5 * * * *' },
      privacy: { allowAggregates: false },
      monitoring: { serviceMonitor: 'auto' },
      deletionPolicy: 'Retain',
    });
    expect(spec.models.chat).toBeUndefined();
  });

  it.each([
    ['a name that begins with a digit', {}, '1st', /metadata\.name must begin with a letter/],
    ['a name with a dot', {}, 'a.b', /no dots/],
    ['a name that makes derived names too long', {}, 'x'.repeat(51), /at most 50 characters/],
    ['a system namespace', { namespace: 'kube-system' }, undefined, /namespace must be one of its own/],
    ['a namespace in capitals', { namespace: 'Kunde' }, undefined, /DNS label/],
    [
      'an object store outside whose endpoint has a path',
      { objectStore: { s3: { ...S3, endpoint: 'https://s3.example.com/luna' } } },
      undefined,
      /endpoint must be an address/,
    ],
    [
      'an object store outside without its addresses',
      { objectStore: { s3: { ...S3, cidrs: [] } } },
      undefined,
      /cidrs/,
    ],
    [
      'addresses of an object store that are none',
      { objectStore: { s3: { ...S3, cidrs: ['s3.example.com'] } } },
      undefined,
      /must be an address block/,
    ],
    [
      'a bucket in capitals',
      { objectStore: { s3: { ...S3, bucket: 'Originals' } } },
      undefined,
      /bucket must be a bucket's name/,
    ],
    [
      'a size that is no quantity',
      { database: { storage: { size: 'huge' } } },
      undefined,
      /size must be a quantity above zero such as 10Gi/,
    ],
    ['a volume of nothing', { vectorStore: { storage: { size: '0' } } }, undefined, /above zero/],
    ['dimensions of zero', { models: { embedding: { dimensions: 0 } } }, undefined, /768 for embeddinggemma/],
    ['negative dimensions', { models: { embedding: { dimensions: -1 } } }, undefined, /dimensions must be/],
    [
      'an embedding model with a space',
      { models: { embedding: { name: 'all minilm' } } },
      undefined,
      /a model's name looks like/,
    ],
    ['an empty chat model', { models: { chat: { name: '' } } }, undefined, /leave spec\.models\.chat out/],
    ['a shell command as a model', { models: { chat: { name: '$(reboot)' } } }, undefined, /a model's name looks like/],
    [
      'an unknown source of models',
      { models: { source: { type: 'ftp' } } },
      undefined,
      /supported values: "registry", "image"/,
    ],
    [
      'an image for models out of the registry',
      { models: { source: { image: 'a:1' } } },
      undefined,
      /only used with models\.source\.type: image/,
    ],
    ['no API pod', { api: { replicas: 0 } }, undefined, /greater than or equal to 1/],
    [
      'an Ingress host with a scheme',
      { api: { ingress: { host: 'https://demo.example.com' } } },
      undefined,
      /without scheme, port or path/,
    ],
    ['a schedule of six fields', { simulation: { schedule: '* * * * * *' } }, undefined, /five cron fields/],
    [
      'a schedule in words',
      { simulation: { schedule: '@hourly' } },
      undefined,
      /@hourly and seconds are not supported/,
    ],
    ['a minute 61', { simulation: { schedule: '61 * * * *' } }, undefined, /five cron fields/],
    [
      'readings for three days',
      { database: { retention: { readingsDays: 3 } } },
      undefined,
      /0 \(for ever\) or at least 7/,
    ],
    ['minutes for less than none', { database: { retention: { minutesDays: -1 } } }, undefined, /or at least 7/],
    [
      'a seed from nowhere',
      { simulation: { seeds: [{ name: 'a' }] } },
      undefined,
      /either a configMap or a persistentVolumeClaim/,
    ],
    [
      'a seed from two places',
      {
        simulation: {
          seeds: [{ name: 'a', configMap: { name: 'b' }, persistentVolumeClaim: { claimName: 'c' } }],
        },
      },
      undefined,
      /either a configMap or a persistentVolumeClaim/,
    ],
    [
      'a seed that climbs out of its folder',
      { simulation: { seeds: [{ name: '../etc', configMap: { name: 'b' } }] } },
      undefined,
      /becomes part of a path/,
    ],
    [
      'two seeds of one name',
      {
        simulation: {
          seeds: [
            { name: 'a', configMap: { name: 'b' } },
            { name: 'a', configMap: { name: 'c' } },
          ],
        },
      },
      undefined,
      /Duplicate value/,
    ],
    [
      'an API client that matches nobody',
      { network: { apiClients: [{}] } },
      undefined,
      /needs namespaceSelector, podSelector or ipBlock/,
    ],
    [
      'an address block that is none',
      { network: { apiClients: [{ ipBlock: { cidr: '10.0.0.0' } }] } },
      undefined,
      /such as 10\.20\.0\.0\/16/,
    ],
    [
      'a block with a selector',
      { network: { apiClients: [{ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }] } },
      undefined,
      /make two entries/,
    ],
    [
      'languages in one string',
      { extraction: { ocrLanguages: ['deu+eng'] } },
      undefined,
      /for example deu, eng or chi_sim/,
    ],
    ['no language', { extraction: { ocrLanguages: [] } }, undefined, /should have at least 1 items/],
    [
      'a reading longer than Tika waits',
      { extraction: { timeoutSeconds: 301 } },
      undefined,
      /less than or equal to 300/,
    ],
    ['a comparison every second', { vectorStore: { reconcileSeconds: 1 } }, undefined, /greater than or equal to 60/],
    ['an unknown policy', { deletionPolicy: 'Destroy' }, undefined, /supported values: "Retain", "Delete"/],
    [
      'an unknown wish for monitoring',
      { monitoring: { serviceMonitor: 'yes' } },
      undefined,
      /supported values: "auto", "enabled", "disabled"/,
    ],
    ['an image with a space', { database: { image: 'my image' } }, undefined, /an image is a reference such as/],
    ['an empty image', { models: { serverImage: '' } }, undefined, /leave the field out for the platform image/],
    [
      'a toleration of nothing',
      { scheduling: { tolerations: [{ effect: 'NoSchedule' }] } },
      undefined,
      /without a key needs operator: Exists/,
    ],
    [
      'a toleration of an unknown effect',
      { models: { scheduling: { tolerations: [{ key: 'a', effect: 'Never' }] } } },
      undefined,
      /supported values: "NoSchedule"/,
    ],
    ['a pull Secret twice', { imagePullSecrets: ['a', 'a'] }, undefined, /Duplicate value/],
    [
      'a route without a Gateway',
      { api: { httpRoute: { hostnames: ['a.example.com'] } } },
      undefined,
      /parentRefs: Required/,
    ],
    [
      'a route for every host',
      { api: { httpRoute: { hostnames: [], parentRefs: [{ name: 'public' }] } } },
      undefined,
      /at least 1 items/,
    ],
    [
      'a route for hosts of others',
      { api: { httpRoute: { hostnames: ['*.example.com'], parentRefs: [{ name: 'public' }] } } },
      undefined,
      /path or asterisk/,
    ],
    [
      'an annotation of ours on the Ingress',
      { api: { ingress: { host: 'a.example.com', annotations: { 'luna-iems.io/applied-hash': 'x' } } } },
      undefined,
      /are the operator's own/,
    ],
    ['a field that does not exist', { databse: {} }, undefined, /unknown field "spec\.databse"/],
    ['text where a number belongs', { api: { replicas: 'two' } }, undefined, /must be of type integer/],
  ])('refuses %s with a sentence', async (_what, spec, name, sentence) => {
    expect(await refusal(spec, name)).toMatch(sentence);
  });

  it.each(['* * * * *', '*/15 6-22 * * MON-FRI', '0 0 1,15 JAN,jul 7'.replace('jul', 'JUL'), '5/10 23 31 12 SUN'])(
    'accepts the schedule %s',
    async (schedule) => {
      expect(await refusal({ simulation: { schedule } })).toBe('accepted');
    },
  );

  describe('on change', () => {
    const change = async (spec: object): Promise<string> =>
      client.patch(lunaTenantKind, { name: 'changes' }, { type: 'merge', body: { spec } }, dryRun).then(
        () => 'accepted',
        (error: unknown) => String(error),
      );
    beforeAll(async () => {
      await client.apply(
        tenant({ paused: true, database: { storage: { size: '10Gi', className: 'fast' } } }, 'changes'),
        { fieldManager: 'test' },
      );
    });
    afterAll(() => client.delete(lunaTenantKind, { name: 'changes' }));

    it('keeps the namespace, by whatever way it was named', async () => {
      expect(await change({ namespace: 'elsewhere' })).toMatch(/spec\.namespace cannot be changed/);
      expect(await change({ namespace: 'luna-changes' })).toBe('accepted');
    });

    it('lets volumes grow, never shrink', async () => {
      expect(await change({ database: { storage: { size: '20Gi' } } })).toBe('accepted');
      expect(await change({ database: { storage: { size: '10240Mi' } } })).toBe('accepted');
      expect(await change({ database: { storage: { size: '9Gi' } } })).toMatch(/storage may only grow/);
    });

    it("keeps a volume's class", async () => {
      expect(await change({ database: { storage: { className: 'slow' } } })).toMatch(/className cannot be changed/);
      expect(await change({ database: { storage: { className: null } } })).toMatch(/className cannot be changed/);
      expect(await change({ vectorStore: { storage: { className: 'slow' } } })).toMatch(/className cannot be changed/);
    });
  });

  it('prints the columns that people look for', async () => {
    const table = await transport.request<{ columnDefinitions: { name: string; priority: number }[] }>({
      method: 'GET',
      path: '/apis/luna-iems.io/v1alpha1/lunatenants',
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    });
    const columns = (priority: number): string[] =>
      table.columnDefinitions.filter((column) => column.priority === priority).map(({ name }) => name);
    expect(columns(0)).toEqual(['Name', 'Ready', 'Phase', 'Namespace', 'Version', 'Age']);
    expect(columns(1)).toEqual(['Message']);
  });

  it('explains every field', async () => {
    interface Schema {
      type?: string;
      description?: string;
      properties?: Record<string, Schema>;
      items?: Schema;
    }
    const crd = (await manifest(CRD)) as unknown as { spec: { versions: { schema: { openAPIV3Schema: Schema } }[] } };
    const silent = (schema: Schema, path: string): string[] =>
      Object.entries(schema.properties ?? schema.items?.properties ?? {}).flatMap(([name, field]) => {
        const here = `${path}.${name}`;
        return [...(field.description === undefined && here !== '.metadata' ? [here] : []), ...silent(field, here)];
      });
    expect(silent(crd.spec.versions[0]?.schema.openAPIV3Schema ?? {}, '')).toEqual([]);
  });
});
