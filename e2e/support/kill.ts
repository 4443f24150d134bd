import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCluster } from '../../hack/cluster/open.ts';
import { paths } from '../../hack/cluster/local/settings.ts';

/** Ends every part of the cluster at once and without warning, as a power cut does. Pods' processes go on, as they would. */
export async function killCluster(): Promise<void> {
  const cluster = await openCluster();
  if (cluster.kind === 'kind') {
    execFileSync('docker', ['kill', 'luna-control-plane'], { timeout: 60_000 });
    return;
  }
  for (const file of readdirSync(paths.pids)) {
    const { pid } = JSON.parse(readFileSync(join(paths.pids, file), 'utf8')) as { pid: number };
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It had ended by itself.
    }
  }
}
