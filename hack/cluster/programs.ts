import { createHash } from 'node:crypto';

import { ToolError } from '../lib/errors.ts';
import { versions } from '../versions.ts';

/** One Go program that we compile, and the names it answers to. */
export interface Program {
  readonly file: string;
  readonly room: 'core' | 'tools';
  readonly target: string;
  readonly names: readonly string[];
  /** Seconds on two cores with nothing compiled before, and nothing else running: what a person waits for. */
  readonly usualSeconds: number;
}

const one = (file: string, room: Program['room'], target: string, usualSeconds: number): Program => ({
  file,
  room,
  target,
  names: [file],
  usualSeconds,
});

/** Everything Go compiles for the local cluster. The first two are all that a lone API server needs. */
export const programs: readonly Program[] = [
  one('etcd', 'core', './cmd/etcd', 60),
  {
    file: 'kubernetes',
    room: 'core',
    target: './cmd/kubernetes',
    names: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy', 'kubectl'],
    usualSeconds: 500,
  },
  one('coredns', 'core', './cmd/coredns', 60),
  one('local-path-provisioner', 'core', 'github.com/rancher/local-path-provisioner', 20),
  one('pause', 'core', './cmd/pause', 5),
  one('helm', 'tools', 'helm.sh/helm/v3/cmd/helm', 150),
  one('cyclonus', 'core', 'github.com/mattfenwick/cyclonus/cmd/cyclonus', 30),
  one('kind', 'tools', 'sigs.k8s.io/kind', 20),
];

const [, major, minor] = /^v(\d+)\.(\d+)/.exec(versions.kubernetes) ?? [];
const stamp = (variable: string, value: string): string => `-X k8s.io/component-base/version.${variable}=${value}`;
const kubernetesStamps = [
  stamp('gitVersion', versions.kubernetes),
  stamp('gitMajor', major ?? ''),
  stamp('gitMinor', minor ?? ''),
  stamp('gitTreeState', 'clean'),
];

// Without these Helm takes the cluster it renders for to be Kubernetes 1.20 and refuses charts that ask for a newer one.
const helmStamps = [
  `-X helm.sh/helm/v3/internal/version.version=${versions.helm}`,
  `-X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=${major ?? ''}`,
  `-X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=${minor ?? ''}`,
];

/** The flags of `go build` for one room. Helm is told its version too; its charts may ask for it. */
export const buildFlags = (room: Program['room']): readonly string[] => {
  const stamps = room === 'core' ? kubernetesStamps : helmStamps;
  return ['-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', ['-s', '-w', ...stamps].join(' ')];
};

/** Which programs make the wanted names; all of them when no name is given. Throws `LUNA_UNKNOWN_PROGRAM`. */
export const programsFor = (names?: readonly string[]): readonly Program[] => {
  if (!names) return programs.filter((program) => program.file !== 'kind');
  return [...new Set(names.map(programNamed))];
};

const programNamed = (name: string): Program => {
  const found = programs.find((program) => program.file === name || program.names.includes(name));
  if (!found) throw new ToolError('LUNA_UNKNOWN_PROGRAM', `we compile no program called "${name}"`);
  return found;
};

/** A short name for exactly these sources, flags and compiler: whatever would compile to the same has the same key. */
export const buildKey = (sources: ReadonlyMap<string, string>, compiler: string): string => {
  const hash = createHash('sha256').update(compiler);
  for (const name of [...sources.keys()].sort()) hash.update(`\0${name}\0${sources.get(name)}`);
  for (const room of ['core', 'tools'] as const) hash.update(`\0${buildFlags(room).join(' ')}`);
  return hash.digest('hex').slice(0, 16);
};
