import type { KubeObject } from '@luna-iems/kube-runtime';
import { OPTIONAL_KINDS, type OptionalKindName } from '../optional-kinds.ts';

/** A CRD of an optional kind that takes whatever it is given. */
export function optionalCrd(kind: OptionalKindName): KubeObject {
  const { plural, apiVersion } = OPTIONAL_KINDS[kind];
  const [group, version] = apiVersion.split('/');
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group ?? ''}`,
      // Asked of everybody who defines a kind in a group of k8s.io.
      annotations: { 'api-approved.kubernetes.io': 'unapproved, a test' },
    },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: open, status: open } } },
        },
      ],
    },
  };
}
