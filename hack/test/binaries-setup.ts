import { ensureBinaries } from '../cluster/binaries.ts';

/** Compiles what the tier's files start themselves, before any time limit of a test runs. */
export async function setup(): Promise<void> {
  const servers = ['etcd', 'kube-apiserver'] as const;
  await ensureBinaries(process.env['KUBEBUILDER_ASSETS'] ? ['helm'] : [...servers, 'helm']);
}
