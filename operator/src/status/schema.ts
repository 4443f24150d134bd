import type { KubeResource } from '@luna-iems/kube-runtime';
import { schemaJobName } from '../gates.ts';
import { jobState, podsOf, type Job, type Observed, type Pod } from '../observed.ts';
import type { Finding, Situation } from './finding.ts';
import { troubleOf } from './trouble.ts';

const type = 'SchemaReady';

/** How far the database's schema is. */
export function schema({ planned, observed, tenant }: Situation): Finding {
  const name = schemaJobName(planned);
  const job = observed.find('Job', name) as KubeResource | undefined as Job | undefined;
  const pods = podsOf(observed, 'schema').filter(({ metadata }) => metadata.labels?.[JOB_LABEL] === name);
  switch (jobState(job)) {
    case 'complete':
      return {
        type,
        status: 'True',
        reason: 'Migrated',
        message: `Job ${name} has brought the database to its schema`,
      };
    case 'failed':
      return {
        type,
        status: 'False',
        reason: 'MigrationFailed',
        message: `Job ${name} failed${lastWords(pods) ?? ''}; it is tried again every five minutes`,
        trouble: true,
      };
    case 'running':
      return running(name, pods);
    case 'absent':
      return tenant.spec.hibernate
        ? { type, status: 'False', reason: 'Hibernated', message: 'the schema is checked when the tenant wakes' }
        : { type, status: 'False', reason: 'WaitingForDatabase', message: 'migrations begin when PostgreSQL is ready' };
  }
}

const JOB_LABEL = 'batch.kubernetes.io/job-name';

function running(name: string, pods: readonly Pod[]): Finding {
  const trouble = troubleOf(pods);
  if (trouble !== undefined) return { type, status: 'False', ...trouble, trouble: true };
  const words = lastWords(pods);
  if (words === undefined)
    return { type, status: 'False', reason: 'Migrating', message: `Job ${name} is migrating the database` };
  const message = `Job ${name} tries again after a failure${words}`;
  return { type, status: 'False', reason: 'MigrationRetrying', message, trouble: true };
}

/** What the last failed attempt said, after a colon; undefined when none failed. */
function lastWords(pods: readonly Pod[]): string | undefined {
  const ends = pods.flatMap((pod) =>
    (pod.status?.containerStatuses ?? []).flatMap(({ state }) => state?.terminated ?? []),
  );
  const failures = ends.filter(({ exitCode }) => exitCode !== 0);
  const latest = failures.sort((a, b) => (a.finishedAt ?? '').localeCompare(b.finishedAt ?? '')).at(-1);
  if (latest === undefined) return undefined;
  const last = latest.message?.trim().split('\n').at(-1) ?? '';
  return last === '' ? '' : `: ${last.slice(0, 300)}`;
}

/** The schema version that the migrations reported as their last word. */
export function schemaVersionOf(observed: Observed): number | undefined {
  const words = podsOf(observed, 'schema').flatMap((pod) => pod.status?.containerStatuses ?? []);
  const versions = words.flatMap(({ state }) => {
    const match = /schema version (\d+)/.exec(
      state?.terminated?.exitCode === 0 ? (state.terminated.message ?? '') : '',
    );
    return match === null ? [] : [Number(match[1])];
  });
  return versions.length === 0 ? undefined : Math.max(...versions);
}
