import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { builtinKinds } from '@luna-iems/kube-runtime';
import { DEFINITION_NAME } from './controller/definition.ts';
import { OWN_KINDS } from './controller/observer.ts';
import { OPTIONAL_KINDS } from './optional-kinds.ts';

interface Rule {
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
  verbs: string[];
}

/** The ClusterRole as the chart's template says it, without what Helm fills in. */
function clusterRole(): Rule[] {
  const template = readFileSync(join(import.meta.dirname, '../../charts/luna-operator/templates/rbac.yaml'), 'utf8');
  const plain = template.replace(/^.*\{\{-.*$/gm, '').replace(/\{\{.*?\}\}/g, 'x');
  const documents = parseAllDocuments(plain).map((document) => document.toJS() as { kind: string; rules?: Rule[] });
  return documents.find(({ kind }) => kind === 'ClusterRole')?.rules ?? [];
}

const grants = (rules: Rule[]): string[] =>
  rules
    .flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => `${group}/${resource} ${verb}`)),
      ),
    )
    .sort();

/** What the code calls: server-side apply is create and patch, the observer lists and watches, pruning deletes. */
const kinds = [...OWN_KINDS.map((kind) => builtinKinds[kind]), ...Object.values(OPTIONAL_KINDS)];
const own = kinds.flatMap(({ apiVersion, plural }) => {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  return ['create', 'patch', 'list', 'watch', 'delete'].map((verb) => `${group}/${plural} ${verb}`);
});
const further = [
  ...['create', 'get', 'list', 'watch', 'patch', 'delete'].map((verb) => `/namespaces ${verb}`),
  ...['create', 'get', 'list', 'patch', 'watch'].map((verb) => `/secrets ${verb}`),
  ...['list', 'watch', 'patch'].map((verb) => `/persistentvolumeclaims ${verb}`),
  ...['list', 'watch'].map((verb) => `/pods ${verb}`),
  ...['list', 'watch', 'patch'].map((verb) => `luna-iems.io/lunatenants ${verb}`),
  'luna-iems.io/lunatenants/status patch',
  ...['get', 'list', 'watch'].map((verb) => `apiextensions.k8s.io/customresourcedefinitions ${verb}`),
  ...['create', 'patch'].map((verb) => `events.k8s.io/events ${verb}`),
  // Granted on by tenant-api's Role.
  'batch/cronjobs get',
];

describe("the chart's ClusterRole", () => {
  it('grants what the operator uses, and nothing more', () => {
    expect(grants(clusterRole())).toEqual([...new Set([...own, ...further])].sort());
  });

  it('reaches the CRDs of the optional kinds and its own, each by name, and no other', () => {
    const rules = clusterRole().filter(({ resources }) => resources.includes('customresourcedefinitions'));
    const optional = Object.values(OPTIONAL_KINDS).map(
      ({ plural, apiVersion }) => `${plural}.${apiVersion.split('/')[0]}`,
    );
    expect(rules.map(({ resourceNames, verbs }) => ({ resourceNames, verbs }))).toEqual([
      { resourceNames: optional.sort(), verbs: ['list', 'watch'] },
      { resourceNames: [DEFINITION_NAME], verbs: ['get'] },
    ]);
  });
});
