import { explain, ToolError } from '../lib/errors.ts';
import { readServiceEnv, startServices, stopServices } from './start-services.ts';
import { setFolder } from './state.ts';
import { serviceNames, type ServiceEnv, type ServiceName } from './types.ts';

const usage = `usage: node hack/services/cli.ts up [NAME…]    start services on loopback ports and print their environment
       node hack/services/cli.ts env [--json]  print it again
       node hack/services/cli.ts down          end them and remove their data
names: ${serviceNames.join(' ')} (all when none is given)`;

const folder = setFolder('local');

function show(env: ServiceEnv, json: boolean): void {
  if (json) console.log(JSON.stringify(env, null, 2));
  else for (const [key, value] of Object.entries(env)) console.log(`${key}=${value}`);
}

async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  const names = rest.filter((arg) => !arg.startsWith('--'));
  const known: readonly string[] = serviceNames;
  if (names.some((name) => !known.includes(name)) || !['up', 'env', 'down'].includes(command ?? '')) {
    console.error(usage);
    return 2;
  }
  if (command === 'down') {
    await stopServices(folder);
    return 0;
  }
  if (command === 'env') {
    const env = await readServiceEnv(folder);
    if (env === undefined) {
      console.error('no services are up: node hack/services/cli.ts up');
      return 1;
    }
    show(env, rest.includes('--json'));
    return 0;
  }
  const services = await startServices(names.length === 0 ? serviceNames : (names as ServiceName[]), {
    dir: folder,
    bound: false,
  });
  show(services.env, rest.includes('--json'));
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  console.error(explain(error));
  process.exitCode = 1;
}
