import { builtinKinds, type Client, type KubeObject } from '@luna-iems/kube-runtime';

/** Makes a claim that counts as bound to a class that can grow, as a provisioner would. */
export async function bindClaim(client: Client, claim: KubeObject): Promise<void> {
  const storageClass: KubeObject = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'growing' },
    provisioner: 'example.io/test',
    allowVolumeExpansion: true,
  };
  await client.apply(storageClass, { fieldManager: 'test' });
  const { name, namespace } = claim.metadata;
  const created = await client.create(claim);
  const ref = { name, namespace };
  await client.patch(builtinKinds.PersistentVolumeClaim, ref, {
    type: 'merge',
    body: { spec: { volumeName: 'pv-test' } },
  });
  await client.patchStatus(builtinKinds.PersistentVolumeClaim, ref, {
    type: 'merge',
    body: { status: { phase: 'Bound', capacity: { storage: '10Gi' } } },
  });
  if (created.metadata.uid === undefined) throw new Error('the claim has no UID');
}
