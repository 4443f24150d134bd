import type { KubeObject, Transport } from '@luna-iems/kube-runtime';
import { eventually } from '../src/testing/cluster.ts';

interface Rule {
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  verbs: string[];
}

/** One thing that somebody may do. */
interface Right {
  group: string;
  resource: string;
  verb: string;
  name?: string;
  namespace?: string;
  subresource?: string;
}

/** Waits until the API server knows of every right that the chart gives to the operator: it learns of roles a while after it took them. */
export async function rightsKnown(transport: Transport, chart: readonly KubeObject[], account: string): Promise<void> {
  const user = `system:serviceaccount:luna-system:${account}`;
  let open = chart.filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role').flatMap(rightsOf);
  await eventually(`the API server knows the rights of ${account}`, async () => {
    const answers = await Promise.all(open.map((right) => isAllowed(transport, user, right)));
    open = open.filter((_, index) => answers[index] !== true);
    return open.length === 0;
  });
}

function rightsOf(role: KubeObject): Right[] {
  const { namespace } = role.metadata;
  const rules = (role['rules'] ?? []) as Rule[];
  return rules.flatMap(({ apiGroups = [], resources = [], resourceNames = [], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((path) =>
        verbs.map((verb) => {
          const [resource = '', subresource] = path.split('/');
          const [name] = resourceNames;
          const more = { ...(name && { name }), ...(namespace && { namespace }), ...(subresource && { subresource }) };
          return { group, resource, verb, ...more };
        }),
      ),
    ),
  );
}

async function isAllowed(transport: Transport, user: string, resourceAttributes: Right): Promise<boolean> {
  const answer = await transport.request<{ status: { allowed: boolean } }>({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: { user, resourceAttributes } },
  });
  return answer.status.allowed;
}
