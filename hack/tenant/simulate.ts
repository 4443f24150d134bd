import { CliError } from './errors.ts';
import { handMadeName, lastWords, waitForJob, type JobEnd } from './jobs.ts';
import { needCluster, readTenant, type Context } from './session.ts';
import { duration, renderTable } from './table.ts';

const simulators = ['sim-meter', 'sim-market'] as const;
const timeoutMs = 180_000;
/** The market moves in quarter hours, so a quarter hour holds rows of both tables. */
const minutes = 15;

const countQuery = (table: string): string =>
  `select '${table}', count(*), count(*) filter (where ts > now() - interval '${minutes} minutes' and ts <= now()), ` +
  `to_char(max(ts) filter (where ts <= now()) at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS') from ${table}`;

/** Rows of both hypertables as psql prints them: tab-separated, one table a line. */
export function countArgs(namespace: string): string[] {
  const query = `${countQuery('smart_meter_readings')} union all ${countQuery('market_prices')}`;
  const psql = [
    'psql',
    '-X',
    '-U',
    'luna_owner',
    '-d',
    'luna',
    '-v',
    'ON_ERROR_STOP=1',
    '-At',
    '-F',
    '\t',
    '-c',
    query,
  ];
  return ['-n', namespace, 'exec', 'statefulset/postgres', '--', ...psql];
}

/** The table under a simulation, from what psql printed. */
export function renderCounts(output: string): string {
  const rows = output
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
    .toSorted(([a = ''], [b = '']) => b.localeCompare(a));
  return renderTable(
    [
      { title: 'table' },
      { title: 'rows', align: 'right' },
      { title: `last ${minutes} min`, align: 'right' },
      { title: 'newest until now (UTC)' },
    ],
    rows,
  );
}

/** Whether both tables got rows in the last minutes. */
export function bothFresh(output: string): boolean {
  const lines = output.trim().split('\n');
  return lines.length === simulators.length && lines.every((line) => Number(line.split('\t')[2]) > 0);
}

async function start(context: Context, namespace: string, cronJob: string): Promise<string> {
  const name = handMadeName(cronJob, Date.now());
  await context.kubectl
    .run(['-n', namespace, 'create', 'job', name, `--from=cronjob/${cronJob}`])
    .catch((error: unknown) => {
      if (error instanceof CliError && /not found/i.test(error.message))
        throw new CliError(
          'LUNA_SIMULATION_OFF',
          `Tenant ${context.tenant} has no CronJob ${cronJob}: is spec.simulation.enabled true?`,
          error,
        );
      throw error;
    });
  context.print(`${name}: started`);
  return name;
}

async function report(context: Context, namespace: string, end: JobEnd): Promise<void> {
  context.print(`${end.name}: ${end.ok ? 'done' : `failed: ${end.message}`}`);
  const words = await lastWords(context.kubectl, namespace, end.name, end.ok ? 1 : 20);
  if (words !== '') context.print(words.replace(/^/gm, '  '));
}

/** Runs both simulators once, now, and prints what the database holds afterwards. Answers the exit code. */
export async function simulate(context: Context): Promise<number> {
  needCluster(context, 'simulate');
  const { namespace } = await readTenant(context);
  const started = context.now();
  const names: string[] = [];
  for (const simulator of simulators) names.push(await start(context, namespace, simulator));
  const ends = await Promise.all(names.map((name) => waitForJob(context, { namespace, name, timeoutMs })));
  for (const end of ends) await report(context, namespace, end);
  const output = await context.kubectl.run(countArgs(namespace));
  context.print('');
  context.print(renderCounts(output));
  context.print(`Took ${duration((context.now() - started) / 1_000)}.`);
  return ends.every((end) => end.ok) && bothFresh(output) ? 0 : 1;
}
