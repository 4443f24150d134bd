import { createClient, hasCode, type KubeObject, type ResourceKind } from '@luna-iems/kube-runtime';
import { eventually, type TestCluster } from './cluster.ts';

const apiVersion = 'admissionregistration.k8s.io/v1';
const policyKinds: ResourceKind[] = [
  { apiVersion, kind: 'ValidatingAdmissionPolicy', plural: 'validatingadmissionpolicies', namespaced: false },
  {
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    plural: 'validatingadmissionpolicybindings',
    namespaced: false,
  },
];
const webhookKind: ResourceKind = {
  apiVersion,
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  namespaced: false,
};
const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['namespaces'] }];

/** Something in the way of a namespace, until it is lifted. Both take effect before they resolve. */
export interface Refusal {
  lift(): Promise<void>;
}

type Cluster = Pick<TestCluster, 'transport'>;

/** Makes the API server refuse to create a namespace of this name, by a policy. */
export function refuseNamespace(cluster: Cluster, name: string): Promise<Refusal> {
  const validations = [
    { expression: `object.metadata.name != '${name}'`, message: 'none of these here', reason: 'Forbidden' },
  ];
  const metadata = { name: `not-${name}` };
  const policy = {
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata,
    spec: { matchConstraints: { resourceRules: rules }, validations },
  };
  const binding = {
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata,
    spec: { policyName: metadata.name, validationActions: ['Deny'] },
  };
  return putInTheWay(cluster, name, [policy, binding]);
}

/** Makes the API server ask about a namespace of this name at a webhook where nobody listens. */
export function askNobodyAbout(cluster: Cluster, name: string): Promise<Refusal> {
  const webhook = {
    name: `nobody.${name}.example.com`,
    // The port of a protocol that only throws away, and that nobody serves on loopback.
    clientConfig: { url: 'https://127.0.0.1:9/' },
    rules,
    matchConditions: [{ name: 'this-one', expression: `object.metadata.name == '${name}'` }],
    failurePolicy: 'Fail',
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
  };
  const metadata = { name: `nobody-${name}` };
  return putInTheWay(cluster, name, [{ apiVersion, kind: webhookKind.kind, metadata, webhooks: [webhook] }]);
}

async function putInTheWay({ transport }: Cluster, name: string, obstacles: readonly KubeObject[]): Promise<Refusal> {
  const client = createClient({ transport, kinds: [...policyKinds, webhookKind] });
  const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  const isRefused = (): Promise<boolean> =>
    client.create(namespace, { dryRun: true }).then(
      () => false,
      // The operator may be faster with a namespace that is allowed again.
      (error: unknown) => !hasCode(error, 'KUBE_ALREADY_EXISTS'),
    );
  for (const obstacle of obstacles) await client.create(obstacle);
  await eventually('the namespace is refused', isRefused);
  return {
    async lift() {
      for (const obstacle of obstacles.toReversed()) await client.delete(client.kindOf(obstacle), obstacle.metadata);
      await eventually('the namespace is allowed', async () => !(await isRefused()));
    },
  };
}
