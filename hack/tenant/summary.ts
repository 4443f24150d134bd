import { duration, renderTable } from './table.ts';

/** One part that the API depends on, as the API sees it. */
export interface Component {
  readonly ok: boolean;
  readonly latencyMs?: number | null;
  readonly error?: string | null;
}

/** `/status/summary`, as far as these commands read it. */
export interface Summary {
  readonly tenant?: string;
  readonly version?: string;
  readonly schemaVersion?: number | string | null;
  readonly components: Readonly<Record<string, Component>>;
  readonly counts: Readonly<Record<string, number | null>>;
  readonly simulation?: unknown;
  readonly embedding?: Readonly<Record<string, unknown>>;
}

/** One line of `testping`. */
export interface Part {
  readonly part: string;
  readonly ok: boolean;
  readonly latencyMs: number | undefined;
  readonly note: string | undefined;
}

/** A value of unknown shape on one line: scalars as they are, the rest as `key=value` pairs. */
export function inline(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return JSON.stringify(value);
  return Object.entries(value)
    .map(([key, entry]) =>
      typeof entry === 'object' && entry !== null ? `${key}: ${inline(entry)}` : `${key}=${inline(entry)}`,
    )
    .join(', ');
}

/** The parts that every tenant has, in the order in which data flows through them. */
export const expectedParts = ['database', 'qdrant', 'tika', 'ollama'] as const;

/** A line for each part behind the API. A part that the API says nothing about has failed. */
export function partsOf(summary: Summary): Part[] {
  const names = [...new Set([...expectedParts, ...Object.keys(summary.components)])];
  return names.map((part) => {
    const component = summary.components[part];
    return {
      part,
      ok: component?.ok === true,
      latencyMs: component?.latencyMs ?? undefined,
      note: component === undefined ? 'not reported by the API' : (component.error ?? undefined),
    };
  });
}

/** The same parts where the API cannot be asked: none of them is known to work. */
export function unknownParts(): Part[] {
  return [...expectedParts, 'simulation'].map((part) => ({
    part,
    ok: false,
    latencyMs: undefined,
    note: 'unknown: the API cannot be asked',
  }));
}

/** The table of `testping`. */
export function renderParts(parts: readonly Part[]): string {
  return renderTable(
    [{ title: 'part' }, { title: 'state' }, { title: 'latency', align: 'right' }, { title: 'note' }],
    parts.map(({ part, ok, latencyMs, note }) => [
      part,
      ok ? 'ok' : 'failed',
      latencyMs === undefined
        ? undefined
        : latencyMs < 1_000
          ? `${Math.round(latencyMs)} ms`
          : duration(latencyMs / 1_000),
      note ?? '',
    ]),
  );
}

/** The summary as three small tables: what it is, its parts, its counts. */
export function renderSummary(summary: Summary): string {
  const about: [string, string][] = [
    ['version', inline(summary.version)],
    ['schema version', inline(summary.schemaVersion)],
    ['embedding', inline(summary.embedding)],
    ['simulation', inline(summary.simulation)],
  ];
  return [
    renderTable([{ title: 'about' }, { title: 'value' }], about),
    '',
    renderParts(partsOf(summary)),
    '',
    renderTable(
      [{ title: 'count' }, { title: 'rows', align: 'right' }],
      Object.entries(summary.counts).map(([name, value]) => [name, value ?? undefined]),
    ),
  ].join('\n');
}
