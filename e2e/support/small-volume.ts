import { execFileSync } from 'node:child_process';
import { openCluster } from '../../hack/cluster/open.ts';
import { kubectl } from './kubectl.ts';

/** A real volume that is soon full: a file system of its own on the node. */
export interface SmallVolume {
  readonly className: string;
  /** Gives the file system more room, while it is in use. */
  grow(size: string): void;
  remove(): void;
}

/** Offers one volume of this size under a StorageClass of its own, to whichever claim asks for it first. */
export async function offerSmallVolume(name: string, size: string): Promise<SmallVolume> {
  const path = `/var/tmp/luna-${name}`;
  const { kind } = await openCluster();
  const onNode = (...command: string[]): void => {
    const [program = '', ...args] = kind === 'kind' ? ['docker', 'exec', 'luna-control-plane', ...command] : command;
    execFileSync(program, args, { timeout: 60_000, stdio: 'pipe' });
  };
  const release = (): void => {
    try {
      onNode('umount', '--lazy', path);
    } catch {
      // It was not mounted.
    }
    onNode('rm', '-rf', path);
  };
  release();
  onNode('mkdir', '-p', path);
  onNode('mount', '-t', 'tmpfs', '-o', `size=${size},mode=0777`, 'tmpfs', path);
  for (const object of objects(name, path)) kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) });
  return {
    className: name,
    grow: (to) => onNode('mount', '-o', `remount,size=${to},mode=0777`, path),
    remove() {
      kubectl(['delete', 'persistentvolume', name, '--ignore-not-found', '--wait=false']);
      kubectl(['delete', 'storageclass', name, '--ignore-not-found']);
      release();
    },
  };
}

function objects(name: string, path: string): object[] {
  return [
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name },
      provisioner: 'kubernetes.io/no-provisioner',
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        storageClassName: name,
        capacity: { storage: '10Gi' },
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Retain',
        hostPath: { path },
      },
    },
  ];
}
