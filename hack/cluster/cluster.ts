/** An image on disk: an OCI or Docker archive, and the reference pods will name it by. */
export interface ImageArchive {
  readonly ref: string;
  readonly path: string;
}

/** What a person should know about the cluster: whether it serves, and each part that does not. */
export interface ClusterStatus {
  readonly kind: 'kind' | 'local';
  readonly state: 'running' | 'broken' | 'absent';
  readonly problems: readonly string[];
}

/** What `up` found and did. */
export type UpResult = 'created' | 'repaired' | 'unchanged';

/** A local Kubernetes cluster, whatever it is made of. */
export interface Cluster {
  readonly kind: 'kind' | 'local';
  /** The cluster's own kubeconfig; its context `luna` is also merged into `~/.kube/config`. */
  readonly kubeconfig: string;
  /** Brings the cluster up, or repairs it, or leaves a healthy one alone. Data of a cluster that was up before is kept. */
  up(): Promise<UpResult>;
  /** Removes the cluster, its data and every trace on the machine but the cache. Quiet when there is none. */
  down(): Promise<void>;
  status(): Promise<ClusterStatus>;
  /** Makes images usable by pods. An image already there is not loaded again. Needs a running cluster. */
  loadImages(archives: readonly ImageArchive[]): Promise<void>;
}
