import type { TestProject } from 'vitest/node';
import { startApiServer } from '../apiserver/index.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the tier's admin kubeconfig. */
    kubeconfig: string;
  }
}

/** One etcd and kube-apiserver for the whole tier. Tests read `inject('kubeconfig')` or KUBECONFIG_APISERVER, and use namespaces of their own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startApiServer();
  project.provide('kubeconfig', server.adminKubeconfig);
  process.env['KUBECONFIG_APISERVER'] = server.adminKubeconfig;
  return () => server.stop();
}
