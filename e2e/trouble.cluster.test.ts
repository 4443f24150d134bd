import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './support/kubectl.ts';
import { offerSmallVolume, type SmallVolume } from './support/small-volume.ts';
import { applyTenant, condition, patchSpec, ready, removeTenant, tenant, tinyTenant } from './support/tenants.ts';

/** Waits until Degraded names each of these causes, and gives its message. */
const degraded = (...causes: RegExp[]): Promise<string> =>
  eventually('Degraded names the cause', 240_000, () => {
    const { status, message } = condition('trouble', 'Degraded') ?? { status: 'absent', message: '' };
    if (status === 'True' && causes.every((cause) => cause.test(message))) return message;
    throw new Error(`Degraded=${status}: ${message}`);
  });

/** A change to another tenant gets through while this one is in trouble. */
async function othersAreServed(displayName: string): Promise<void> {
  patchSpec('demo', { displayName });
  await ready('demo', 120_000);
  expect(condition('demo', 'Degraded')).toMatchObject({ status: 'False' });
}

describe('a tenant that asks for what cannot be', () => {
  let volume: SmallVolume;
  const before = tenant('demo')?.spec['displayName'];
  beforeAll(async () => {
    volume = await offerSmallVolume('trouble-models', '8m');
  });
  afterAll(async () => {
    patchSpec('demo', { displayName: before });
    await removeTenant('trouble');
    volume.remove();
  });

  it('a full volume and an image that nobody has are named, and heal when they are put right', async () => {
    const models = { embedding: { name: 'all-minilm', dimensions: 384 }, source: { type: 'image' } };
    applyTenant(
      tinyTenant('trouble', {
        models: { ...models, storage: { className: volume.className } },
        extraction: { image: 'localhost/luna/nobody-has:this' },
      }),
    );
    const message = await degraded(
      /VolumeFull.*No space left.*raise storage\.size/s,
      /(ImagePullBackOff|ErrImagePull|ErrImageNeverPull)/,
    );
    expect(message).toMatch(/container copy-models of pod ollama-0/);
    expect(message).toMatch(/container tika of pod tika-/);
    await othersAreServed('while another has a full volume');

    volume.grow('200m');
    patchSpec('trouble', { extraction: { image: null } });
    await ready('trouble');
    expect(condition('trouble', 'Degraded')).toMatchObject({ status: 'False' });
  });

  it('an optional model that is not there is named, and the tenant serves without it', async () => {
    patchSpec('trouble', { models: { reader: { name: 'nobody-reads' } } });
    await degraded(/nobody-reads.*not found in the model image.*spec\.models\.reader/s);
    await ready('trouble');
    expect(condition('trouble', 'ModelsReady')).toMatchObject({ status: 'True', reason: 'ModelMissing' });
    patchSpec('trouble', { models: { reader: null } });
    await ready('trouble');
    expect(condition('trouble', 'Degraded')).toMatchObject({ status: 'False' });
  });

  it('a model that is not there and a node that is not there likewise', async () => {
    const nobody = { 'example.com/nobody': 'has-this' };
    patchSpec('trouble', { models: { embedding: { name: 'no-such-model' } } });
    await degraded(/ModelNotFound.*no-such-model.*spec\.models/s);
    patchSpec('trouble', { models: { scheduling: { nodeSelector: nobody } } });
    await degraded(/Unschedulable.*node/s);
    await othersAreServed('while another cannot be placed');

    patchSpec('trouble', { models: { embedding: { name: 'all-minilm' }, scheduling: null } });
    await ready('trouble');
    expect(tenant('trouble')).toMatchObject({ status: { phase: 'Ready' } });
  });
});
