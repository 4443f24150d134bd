import { createClient, type KubeObject, type ResourceKind } from '@luna-iems/kube-runtime';
import { eventually, type TestCluster } from './cluster.ts';

const apiVersion = 'admissionregistration.k8s.io/v1';
const kinds: ResourceKind[] = [
  { apiVersion, kind: 'ValidatingAdmissionPolicy', plural: 'validatingadmissionpolicies', namespaced: false },
  {
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    plural: 'validatingadmissionpolicybindings',
    namespaced: false,
  },
];

/** Makes the API server refuse to create a namespace of this name, until that is lifted. Both take effect before they resolve. */
export async function refuseNamespace(
  { transport }: Pick<TestCluster, 'transport'>,
  name: string,
): Promise<{ lift(): Promise<void> }> {
  const client = createClient({ transport, kinds });
  const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  const isRefused = (): Promise<boolean> =>
    client.create(namespace, { dryRun: true }).then(
      () => false,
      () => true,
    );
  const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['namespaces'] }];
  const validations = [
    { expression: `object.metadata.name != '${name}'`, message: 'none of these here', reason: 'Forbidden' },
  ];
  const metadata = { name: `not-${name}` };
  await client.create({
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata,
    spec: { matchConstraints: { resourceRules: rules }, validations },
  });
  await client.create({
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata,
    spec: { policyName: metadata.name, validationActions: ['Deny'] },
  });
  await eventually('the namespace is refused', isRefused);
  return {
    async lift() {
      for (const kind of kinds.toReversed()) await client.delete(kind, metadata);
      await eventually('the namespace is allowed', async () => !(await isRefused()));
    },
  };
}
