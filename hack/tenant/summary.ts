import { lastWritesText, type LastWrites } from './last-writes.ts';
import { duration, renderTable } from './table.ts';

/** One part that the API depends on, as the API sees it. */
export interface Component {
  readonly ok: boolean;
  readonly latencyMs?: number | null;
  readonly error?: string | null;
  readonly detail?: string;
}

/** `/status/summary`, as far as these commands read it. */
export interface Summary {
  readonly tenant: string;
  readonly version: string;
  readonly schemaVersion: number | null;
  readonly components: Readonly<Record<string, Component>>;
  readonly counts: Readonly<Record<string, number | null>>;
  readonly simulation: { readonly state: string; readonly lastWrites: LastWrites };
  readonly embedding: {
    readonly model: string;
    readonly dimensions: number;
    readonly normalisation: string | null;
    readonly selfTest: string;
    readonly reason?: string;
  };
  readonly chat: { readonly model: string | null; readonly mode: string };
}

/** One line of `testping`. */
export interface Part {
  readonly part: string;
  readonly ok: boolean;
  readonly latencyMs: number | undefined;
  readonly note: string | undefined;
}

/** The parts that every tenant has, in the order in which data flows through them. */
export const expectedParts = ['database', 'qdrant', 'tika', 'ollama'] as const;

/** A line for each part behind the API. A part that the API says nothing about has failed. */
export function partsOf(components: Summary['components']): Part[] {
  const names = [...new Set([...expectedParts, ...Object.keys(components)])];
  return names.map((part) => {
    const component = components[part];
    return {
      part,
      ok: component?.ok === true,
      latencyMs: component?.latencyMs ?? undefined,
      note: component === undefined ? 'not reported by the API' : (component.error ?? component.detail),
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

function embeddingText({ model, dimensions, normalisation, selfTest, reason }: Summary['embedding']): string {
  const parts = [
    model,
    `${dimensions} dimensions`,
    `normalisation ${normalisation ?? 'not chosen yet'}`,
    `self-test ${selfTest}`,
  ];
  return [parts.join(', '), ...(reason === undefined ? [] : [reason])].join(': ');
}

/** The summary as three small tables: what it is, its parts, its counts. `nowMs` is wall-clock time. */
export function renderSummary(summary: Summary, nowMs: number): string {
  const about = [
    ['version', summary.version],
    ['schema', summary.schemaVersion === null ? undefined : `version ${summary.schemaVersion}`],
    ['embedding', embeddingText(summary.embedding)],
    [
      'chat',
      summary.chat.model === null
        ? 'no model: answers quote the documents'
        : `${summary.chat.model}, ${summary.chat.mode}`,
    ],
    ['simulation', `${summary.simulation.state}; ${lastWritesText(summary.simulation.lastWrites, nowMs)}`],
  ];
  return [
    renderTable([{ title: 'about' }, { title: 'value' }], about),
    '',
    renderParts(partsOf(summary.components)),
    '',
    renderTable(
      [{ title: 'count' }, { title: 'rows', align: 'right' }],
      Object.entries(summary.counts).map(([name, value]) => [name, value ?? undefined]),
    ),
  ].join('\n');
}
