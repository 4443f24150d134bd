/** A stretch of one series that is to be written: whole intervals, `from` included, `to` excluded, ms since the epoch. */
export interface Span<Row> {
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  row(tsMs: number): Row;
}

export interface Batch<Row> {
  readonly rows: readonly Row[];
  /** Start of the earliest interval in it. */
  readonly from: number;
  /** End of the latest interval in it. */
  readonly to: number;
}

/** Windows keep all series advancing together, so that a run that is stopped leaves all of them equally far. */
const WINDOW_MS = 6 * 3_600_000;

/**
 * The rows of all spans in batches of bounded size. Every series' rows come in time order, so whatever was written before an
 * interruption has no hole; and the order of all rows is the same for any two runs, so two at once never wait for each other in a circle.
 */
export function* batchesOf<Row>(
  spans: readonly Span<Row>[],
  batchRows: number,
): Generator<Batch<Row>, void, undefined> {
  const begin = Math.min(...spans.map((span) => span.from));
  const end = Math.max(...spans.map((span) => span.to));
  let rows: Row[] = [];
  let from = Infinity;
  let to = -Infinity;
  for (let window = Math.floor(begin / WINDOW_MS) * WINDOW_MS; window < end; window += WINDOW_MS) {
    for (const { row, tsMs, stepMs } of rowsWithin(spans, window, window + WINDOW_MS)) {
      rows.push(row);
      from = Math.min(from, tsMs);
      to = Math.max(to, tsMs + stepMs);
      if (rows.length < batchRows) continue;
      yield { rows, from, to };
      rows = [];
      from = Infinity;
      to = -Infinity;
    }
  }
  if (rows.length > 0) yield { rows, from, to };
}

interface Placed<Row> {
  readonly row: Row;
  readonly tsMs: number;
  readonly stepMs: number;
}

function* rowsWithin<Row>(
  spans: readonly Span<Row>[],
  from: number,
  to: number,
): Generator<Placed<Row>, void, undefined> {
  for (const span of spans) {
    const first = Math.max(span.from, span.from + Math.ceil((from - span.from) / span.stepMs) * span.stepMs);
    for (let tsMs = first; tsMs < Math.min(to, span.to); tsMs += span.stepMs) {
      yield { row: span.row(tsMs), tsMs, stepMs: span.stepMs };
    }
  }
}
