import { OPTIONAL_KINDS } from '../src/optional-kinds.ts';

/** Where the API server keeps what belongs to tenants' namespaces, and tenants. */
const STORED = [
  ...[
    'configmaps',
    'controllerrevisions',
    'cronjobs',
    'deployments',
    'ingress',
    'jobs',
    'limitranges',
    'networkpolicies',
  ],
  ...['persistentvolumeclaims', 'poddisruptionbudgets', 'pods', 'resourcequotas', 'rolebindings', 'roles', 'secrets'],
  ...['serviceaccounts', 'services/specs', 'statefulsets', 'namespaces'],
  ...Object.values(OPTIONAL_KINDS).map(({ apiVersion, plural }) => `${apiVersion.split('/')[0] ?? ''}/${plural}`),
];

/** Removes all tenants named t-… and all that is theirs. Deletes straight from etcd, for which the API server would take minutes; its watchers are told as of any deletion. */
export async function wipe(etcdUrl: string): Promise<void> {
  const tenants = 'luna-t-';
  const prefixes = ['/registry/luna-iems.io/lunatenants/', ...STORED.map((kind) => `/registry/${kind}/${tenants}`)];
  for (const prefix of prefixes) {
    const end = prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
    const body = JSON.stringify({
      key: Buffer.from(prefix).toString('base64'),
      range_end: Buffer.from(end).toString('base64'),
    });
    const answer = await fetch(`${etcdUrl}/v3/kv/deleterange`, { method: 'POST', body });
    if (!answer.ok) throw new Error(`etcd refused to delete: ${await answer.text()}`);
  }
}
