/** `make up` and `make down`. Usage: node hack/up/cli.ts up|down */
import { spawnSync } from 'node:child_process';
import { openCluster } from '../cluster/open.ts';
import { explain } from '../lib/errors.ts';
import { changedNothing, up, type Step } from './up.ts';

function table(steps: readonly Step[]): string {
  const width = Math.max(...steps.map((step) => step.name.length));
  return steps
    .map((step) => `  ${step.name.padEnd(width)}  ${step.outcome.padEnd(12)} ${String(step.seconds).padStart(5)} s`)
    .join('\n');
}

const nextSteps = `
  make seed                       put the sample documents into the tenant
  make ask Q="Was bedeutet die OBIS-Kennzahl 1.8.0?"
  make testping                   are all parts well?
  kubectl get lt                  (if there is no kubectl on your PATH: eval "$(make -s env)")
  make down                       remove it all; the cache stays`;

async function main(verb: string | undefined): Promise<number> {
  if (verb === 'down') {
    const cluster = await openCluster();
    await cluster.down();
    console.log('The cluster is gone; the cache stays.');
    return 0;
  }
  if (verb !== 'up') {
    console.error('usage: node hack/up/cli.ts up|down');
    return 2;
  }
  const steps = await up();
  console.log(`\n${table(steps)}\n`);
  spawnSync('kubectl', ['get', 'lunatenants'], { stdio: 'inherit' });
  console.log(changedNothing(steps) ? '\nNothing to change: everything was as it should be.' : nextSteps);
  return 0;
}

main(process.argv[2]).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(explain(error));
    process.exitCode = 1;
  },
);
