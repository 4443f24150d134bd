import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Which tenants were being updated, as the API server told it. */
export interface RolloutHistory {
  /** Those that are now. */
  rolling(): ReadonlySet<string>;
  /** Stops; gives the sets of tenants that were being updated at the same time, in order, without those when nobody was. */
  end(): Promise<string[][]>;
}

/** Watches all LunaTenants, so that no moment is missed between two looks. */
export function followTenants(): RolloutHistory {
  const watch = spawn(
    'kubectl',
    ['get', 'lunatenants', '--watch', '-o', 'jsonpath={.metadata.name} {.status.rollout}{"\\n"}'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const rolling = new Set<string>();
  const moments: string[][] = [];
  createInterface({ input: watch.stdout }).on('line', (line) => {
    const [name = '', rollout] = line.split(' ');
    const before = rolling.size;
    if (rollout === 'Rolling') rolling.add(name);
    else rolling.delete(name);
    if (rolling.size > before) moments.push([...rolling].sort());
  });
  return {
    rolling: () => rolling,
    end: () =>
      new Promise((resolve) => {
        watch.once('close', () => resolve(moments));
        watch.kill();
      }),
  };
}
