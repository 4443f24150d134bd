import { CliError } from './errors.ts';
import { handMadeName, lastWords, waitForJob, type JobObject } from './jobs.ts';
import { needCluster, readTenant, type Context } from './session.ts';

const timeoutMs = 300_000;
const handMade = 'luna-iems.io/hand-made';

/** The newest schema Job that the operator made. */
export function newestSchemaJob(jobs: readonly JobObject[]): JobObject | undefined {
  return jobs
    .filter(({ metadata }) => /^schema-/.test(metadata.name) && metadata.labels?.[handMade] === undefined)
    .toSorted((a, b) => (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? ''))[0];
}

const own = (labels: Readonly<Record<string, string>> | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(labels ?? {}).filter(([name]) => !/(^|\/)(controller-uid|job-name)$/.test(name)));

/**
 * A Job with the same pod as the given one. Its pods keep their labels, so that the network policies let them reach the database; the
 * Job itself says that it was made by hand, so that the operator does not take it for its own.
 */
export function copyOf(job: JobObject, name: string): object {
  const { template, activeDeadlineSeconds } = job.spec;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      labels: { ...own(job.metadata.labels), 'app.kubernetes.io/managed-by': 'luna-tenant-cli', [handMade]: 'true' },
    },
    spec: {
      // Whoever started it by hand wants to see a failure, not four more.
      backoffLimit: 0,
      activeDeadlineSeconds: activeDeadlineSeconds ?? timeoutMs / 1_000,
      ttlSecondsAfterFinished: 3_600,
      template: { metadata: { labels: own(template.metadata?.labels) }, spec: template.spec },
    },
  };
}

/** Runs the tenant's schema migrations again, in a copy of the operator's own Job. Answers the exit code. */
export async function migrate(context: Context): Promise<number> {
  needCluster(context, 'migrate');
  const { namespace } = await readTenant(context);
  const jobs = (await context.kubectl.json(['-n', namespace, 'get', 'jobs'])) as { items: readonly JobObject[] };
  const existing = newestSchemaJob(jobs.items);
  if (existing === undefined)
    throw new CliError(
      'LUNA_SCHEMA_JOB_MISSING',
      `The operator has not made a schema Job in namespace ${namespace} yet.`,
    );
  const name = handMadeName('schema', Date.now());
  await context.kubectl.run(['-n', namespace, 'create', '-f', '-'], { input: JSON.stringify(copyOf(existing, name)) });
  context.print(`${name}: started as a copy of ${existing.metadata.name}`);
  const end = await waitForJob(context, { namespace, name, timeoutMs });
  const words = await lastWords(context.kubectl, namespace, name, end.ok ? 3 : 20);
  if (words !== '') context.print(words.replace(/^/gm, '  '));
  context.print(`${name}: ${end.ok ? 'done' : `failed: ${end.message}`}`);
  return end.ok ? 0 : 1;
}
