import { existsSync } from 'node:fs';

import { ToolError } from '../lib/errors.ts';
import type { Cluster } from './cluster.ts';
import { dockerAnswers, kindCluster } from './kind/kind.ts';
import { localCluster } from './local/local.ts';
import { whyNotOnThisMachine } from './local/packages.ts';
import { paths } from './local/settings.ts';

/**
 * The local cluster of this machine: kind where a Docker engine answers, else one made of processes. A machine that already runs
 * the one keeps it when Docker appears later. Throws `LUNA_NO_CLUSTER_HERE` with what to install where neither can be.
 */
export const openCluster = async (): Promise<Cluster> => {
  const impediment = whyNotOnThisMachine();
  if (!impediment && existsSync(paths.state)) return localCluster();
  if (await dockerAnswers()) return kindCluster();
  if (!impediment) return localCluster();
  throw new ToolError(
    'LUNA_NO_CLUSTER_HERE',
    `no Docker engine answers and ${impediment}: install and start Docker, or run this as root on Debian`,
  );
};
