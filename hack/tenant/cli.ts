import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseInvocation, usage, type Invocation } from './args.ts';
import { ask } from './ask.ts';
import { CliError, sentenceOf } from './errors.ts';
import { findKubectl } from './find-kubectl.ts';
import { createKubectl } from './kubectl.ts';
import { logs } from './logs.ts';
import { migrate } from './migrate.ts';
import { seed } from './seed.ts';
import type { Context } from './session.ts';
import { simulate } from './simulate.ts';
import { status } from './status.ts';
import { testping } from './testping.ts';

const samples = join(import.meta.dirname, '..', '..', 'docs', 'samples');

async function run(invocation: Invocation): Promise<number> {
  const context: Context = {
    tenant: invocation.tenant,
    kubectl: createKubectl(await findKubectl(process.env)),
    env: process.env,
    print: (line) => console.log(line),
    write: (text) => void process.stdout.write(text),
    now: () => performance.now(),
    sleep: (ms) => sleep(ms),
  };
  switch (invocation.command) {
    case 'status':
      return status(context);
    case 'testping':
      return testping(context);
    case 'seed':
      return seed(context, invocation.dir ?? samples);
    case 'ask':
      return ask(context, invocation.words.join(' '));
    case 'simulate':
      return simulate(context);
    case 'migrate':
      return migrate(context);
    case 'logs':
      return logs(context, invocation);
  }
}

function complain(error: unknown): number {
  if (process.env['LUNA_DEBUG']) console.error(error);
  else if (error instanceof CliError) console.error(error.message);
  else console.error(`Something unexpected failed: ${sentenceOf(error)} (LUNA_DEBUG=1 shows where).`);
  return error instanceof CliError && error.code === 'LUNA_USAGE' ? 2 : 1;
}

// A pipe that is closed early (`| head`) is no failure of ours.
process.stdout.on('error', () => process.exit(0));
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => process.exit(signal === 'SIGINT' ? 130 : 143));

try {
  const invocation = parseInvocation(process.argv.slice(2), process.env);
  if (invocation === undefined) console.log(usage());
  process.exitCode = invocation === undefined ? 0 : await run(invocation);
} catch (error) {
  process.exitCode = complain(error);
}
