import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const sources = globSync('{packages/*,operator,tenant-api,tenant-sim,hack,e2e}/**/*.ts', {
  cwd: root,
  exclude: (name) => name === 'node_modules' || name === 'dist',
});

/** The files of its own workspace that a file needs when it is loaded; what is imported for its type alone is not. */
function needs(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/^(?:import|export) (?!type )(?:[^;']*? from )?'(\.[^']+\.ts)';$/gmu)].map(([, path = '']) =>
    relative(root, join(root, dirname(file), path)),
  );
}

/** One circle that can be reached from `file`, if there is one. */
function circleFrom(
  file: string,
  graph: ReadonlyMap<string, readonly string[]>,
  done: Set<string>,
): string[] | undefined {
  const walk = (at: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(at)) return [...path.slice(path.indexOf(at)), at];
    if (done.has(at)) return undefined;
    for (const next of graph.get(at) ?? []) {
      const circle = walk(next, [...path, at]);
      if (circle) return circle;
    }
    done.add(at);
    return undefined;
  };
  return walk(file, []);
}

// In a circle it depends on who is imported first whether a constant is there when it is needed.
it('no file needs itself', () => {
  const graph = new Map(sources.map((file) => [file, needs(file)]));
  expect([...graph.values()].flat().length).toBeGreaterThan(500);
  const done = new Set<string>();
  const circles = sources.flatMap((file) => circleFrom(file, graph, done)?.join(' -> ') ?? []);
  expect([...new Set(circles)]).toEqual([]);
});
