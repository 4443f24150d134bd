import { needCluster, readTenant, type Context } from './session.ts';

/** How much of the logs is shown. */
export interface LogOptions {
  /** Lines of each container from the end. */
  readonly tail: number;
  /** Stay and show new lines until interrupted. */
  readonly follow: boolean;
}

/** kubectl's arguments for the operator's and the tenant's logs; every line carries its pod and container. */
export function logArgs(namespace: string, selector: string, { tail, follow }: LogOptions): string[] {
  const always = ['--prefix', '--all-containers', '--ignore-errors', '--max-log-requests=40', `--tail=${tail}`];
  return ['-n', namespace, 'logs', '-l', selector, ...always, ...(follow ? ['--follow'] : [])];
}

/** Shows the logs of the operator and of the tenant's pods. Answers the exit code. */
export async function logs(context: Context, options: LogOptions): Promise<number> {
  needCluster(context, 'logs');
  const { namespace } = await readTenant(context);
  const sources = [
    { title: 'operator (luna-system)', args: logArgs('luna-system', 'app.kubernetes.io/name=luna-operator', options) },
    {
      title: `tenant ${context.tenant} (${namespace})`,
      args: logArgs(namespace, `luna-iems.io/tenant=${context.tenant}`, options),
    },
  ];
  if (options.follow) return Math.max(...(await Promise.all(sources.map(({ args }) => context.kubectl.show(args)))));
  let worst = 0;
  for (const { title, args } of sources) {
    context.print(`== ${title} ==`);
    worst = Math.max(worst, await context.kubectl.show(args));
  }
  return worst;
}
