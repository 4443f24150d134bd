import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attempt, run } from '../lib/run.ts';

/** What a release is made of: the chart as it lies here, and the values it is installed with. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly values: object;
}

/** A short name for exactly this chart and these values. */
export function fingerprint(release: Release): string {
  const hash = createHash('sha256').update(JSON.stringify(release.values));
  const files = readdirSync(release.chart, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  for (const path of paths) hash.update(`\0${path}\0`).update(readFileSync(path));
  return hash.digest('hex').slice(0, 12);
}

/** The operator's namespace, held to the same Pod Security as the tenants' ones. */
const namespaceOf = (release: Release): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: release.namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  });

/**
 * Installs or upgrades the release and waits until its pods are ready, unless exactly this is deployed already.
 * Helm keeps the fingerprint as the revision's description, so the cluster itself remembers what it runs.
 */
export async function ensureRelease(release: Release, helm: string): Promise<'unchanged' | 'installed' | 'upgraded'> {
  const description = `luna ${fingerprint(release)}`;
  const scope = ['--namespace', release.namespace];
  const asked = await attempt(helm, ['status', release.name, ...scope, '--output', 'json']);
  const info =
    asked.code === 0 ? (JSON.parse(asked.stdout) as { info: { description: string; status: string } }).info : undefined;
  if (info?.description === description && info.status === 'deployed') return 'unchanged';
  // A killed install stays `pending`, and Helm refuses to touch it; nothing of value hangs on the release record.
  if (info?.status.startsWith('pending'))
    await run(helm, ['rollback', release.name, ...scope]).catch(() => run(helm, ['uninstall', release.name, ...scope]));
  await run('kubectl', ['apply', '--server-side', '--field-manager=make-up', '-f', '-'], {
    input: namespaceOf(release),
  });
  const args = ['upgrade', '--install', release.name, release.chart, ...scope];
  await run(helm, [...args, '--values', '-', '--description', description, '--wait', '--timeout', '5m'], {
    input: JSON.stringify(release.values),
    timeoutMs: 330_000,
  });
  return info === undefined ? 'installed' : 'upgraded';
}
