import { parseArgs } from 'node:util';
import { CliError } from './errors.ts';

/** Commands and what each does, in the order in which help shows them. */
export const commands = {
  status: 'conditions of the tenant and counts of its data',
  testping: 'all parts with ok or failed and latency; exit code 1 when one is down',
  seed: 'ingest every document of docs/samples (or of --dir)',
  ask: 'ask a question: ask "Was bedeutet die OBIS-Kennzahl 1.8.0?"',
  simulate: 'run both simulators now and show the rows of the last minutes',
  migrate: 'run the schema migrations again',
  logs: 'logs of the operator and the tenant (--follow, --tail N)',
} as const;

/** Name of a command. */
export type Command = keyof typeof commands;

/** A parsed command line. */
export interface Invocation {
  readonly command: Command;
  readonly tenant: string;
  readonly words: readonly string[];
  readonly dir: string | undefined;
  readonly tail: number;
  readonly follow: boolean;
}

/** What `--help` prints. */
export function usage(): string {
  const lines = Object.entries(commands).map(([name, text]) => `  ${name.padEnd(10)}${text}`);
  return [
    'usage: node hack/tenant/cli.ts COMMAND [--tenant NAME] [options]',
    '',
    ...lines,
    '',
    'The tenant is --tenant, else TENANT, else demo. LUNA_URL and LUNA_API_KEY reach an API without a cluster.',
  ].join('\n');
}

const isCommand = (name: string | undefined): name is Command => name !== undefined && Object.hasOwn(commands, name);

function tailOf(text: string): number {
  const lines = Number(text);
  if (!Number.isInteger(lines) || lines < 1)
    throw new CliError('LUNA_USAGE', `--tail wants a number of lines, not "${text}".`);
  return lines;
}

function tenantOf(name: string): string {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
    throw new CliError('LUNA_USAGE', `"${name}" is no tenant's name: lower-case letters, digits and dashes.`);
  return name;
}

function parse(args: readonly string[]): ReturnType<typeof parseStrictly> {
  try {
    return parseStrictly(args);
  } catch (error) {
    throw new CliError('LUNA_USAGE', `${error instanceof Error ? error.message : String(error)}\n${usage()}`, error);
  }
}

function parseStrictly(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      tenant: { type: 'string', short: 't' },
      dir: { type: 'string' },
      tail: { type: 'string', default: '50' },
      follow: { type: 'boolean', short: 'f', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
}

/** Reads a command line; `undefined` where help was asked for. */
export function parseInvocation(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Invocation | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const [command, ...words] = positionals;
  if (!isCommand(command))
    throw new CliError(
      'LUNA_USAGE',
      `${command === undefined ? 'A command is missing' : `There is no command "${command}"`}.\n${usage()}`,
    );
  return {
    command,
    tenant: tenantOf(values.tenant ?? (env['TENANT'] || 'demo')),
    words,
    dir: values.dir,
    tail: tailOf(values.tail),
    follow: values.follow,
  };
}
