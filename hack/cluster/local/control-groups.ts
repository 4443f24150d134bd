import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { waitFor } from '../../lib/wait.ts';
import { controlGroup } from './settings.ts';

/** Where control groups of this machine are mounted, out of `/proc/self/mountinfo`. */
export interface ControlGroupTrees {
  /** Those that have controllers: one tree for each (version 1), or the one unified tree (version 2). */
  readonly controlling: readonly string[];
  /** Those and, on hybrid machines, the unified tree without controllers, in which runc makes groups too. */
  readonly all: readonly string[];
}

/** Reads `/proc/self/mountinfo`. */
export const controlGroupTrees = (mountinfo: string): ControlGroupTrees => {
  const mounts = mountinfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const mountPoint = before.split(' ')[4];
    const type = after.split(' ')[0];
    return mountPoint && type?.startsWith('cgroup') ? [{ mountPoint, type }] : [];
  });
  const first = mounts.filter((mount) => mount.type === 'cgroup');
  const points = (some: typeof mounts): readonly string[] => some.map((mount) => mount.mountPoint);
  return { controlling: points(first.length > 0 ? first : mounts), all: points(mounts) };
};

const trees = (): ControlGroupTrees => controlGroupTrees(readFileSync('/proc/self/mountinfo', 'utf8'));

const copyWhenEmpty = (parent: string, child: string, file: string): void => {
  if (!existsSync(join(child, file)) || readFileSync(join(child, file), 'utf8').trim()) return;
  writeFileSync(join(child, file), readFileSync(join(parent, file), 'utf8'));
};

const handDownControllers = (group: string): void => {
  const control = join(group, 'cgroup.subtree_control');
  if (!existsSync(control)) return;
  const controllers = readFileSync(join(group, 'cgroup.controllers'), 'utf8').trim().split(/\s+/).filter(Boolean);
  writeFileSync(control, controllers.map((name) => `+${name}`).join(' '));
};

const ensureChild = (parent: string, child: string): void => {
  handDownControllers(parent);
  mkdirSync(child, { recursive: true });
  // A new cpuset group has no CPU and no memory node, so nothing could be put into it.
  for (const file of ['cpuset.cpus', 'cpuset.mems']) copyWhenEmpty(parent, child, file);
};

/** Makes the cluster's control group in every tree, and gives the groups that its own processes belong to. */
export const ensureControlGroups = (): readonly string[] =>
  trees().controlling.map((tree) => {
    const ours = join(tree, controlGroup);
    ensureChild(tree, ours);
    ensureChild(ours, join(ours, 'system'));
    handDownControllers(ours);
    return join(ours, 'system');
  });

const groupsBelow = (root: string): readonly string[] => {
  if (!existsSync(root)) return [];
  const below = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [root, ...below.map((entry) => join(entry.parentPath, entry.name))];
};

const ourGroups = (): readonly string[] => trees().all.flatMap((tree) => groupsBelow(join(tree, controlGroup)));

const processesIn = (group: string): readonly number[] => {
  try {
    return readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
  } catch {
    return []; // The group went away while we looked.
  }
};

/** Every process that the cluster or one of its pods started, and no other. */
export const clusterProcesses = (): readonly number[] => [...new Set(ourGroups().flatMap(processesIn))];

/** Kills every process of the cluster, however it was made, and removes its control groups. */
export const killAndRemoveControlGroups = async (): Promise<void> => {
  const allGone = async (): Promise<boolean> => {
    const left = clusterProcesses();
    for (const pid of left) kill(pid);
    return left.length === 0;
  };
  await waitFor('the end of all processes of the cluster', allGone, 30_000);
  const removed = async (): Promise<boolean> => {
    for (const group of [...ourGroups()].sort((a, b) => b.length - a.length)) removeQuietly(group);
    return ourGroups().length === 0;
  };
  await waitFor('the removal of the control groups', removed, 30_000);
};

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Already gone, which is what we want.
  }
};

const removeQuietly = (group: string): void => {
  try {
    rmdirSync(group);
  } catch {
    // Busy for a moment after its last process ended; the caller asks again.
  }
};
