import { percentile } from '../operator/statistics.ts';
import { markdown } from '../series/report.ts';
import { parts, type Part } from './calls.ts';
import type { AskLevel, IngestLevel, Measured } from './measure.ts';

export interface Report {
  /** Named figures, each ratio with both of its sides. */
  readonly flat: Readonly<Record<string, number>>;
  /** Markdown: what was asked, and what was ingested. */
  readonly tables: { readonly ask: string; readonly ingest: string };
}

const round = (value: number): number => Math.round(value * 100) / 100;

interface IngestFigures {
  readonly service: number;
  readonly raw: Readonly<Record<Part, number>>;
  readonly slowest: Part;
  /** The service's documents a second over those of the slowest part alone. */
  readonly ratio: number;
}

function ingestFigures({ documents, service, raw }: IngestLevel): IngestFigures {
  const rates = { tika: documents / raw.tika, ollama: documents / raw.ollama, qdrant: documents / raw.qdrant };
  const slowest = parts.reduce((least, part) => (rates[part] < rates[least] ? part : least));
  return { service: documents / service, raw: rates, slowest, ratio: documents / service / rates[slowest] };
}

interface AskFigures {
  readonly retrieval: number;
  readonly raw: number;
  /** What retrieval takes more than its raw calls, as a part of them. */
  readonly overhead: number;
}

function askFigures({ retrieval, rawRetrieval }: AskLevel): AskFigures {
  const [ours, theirs] = [percentile(retrieval, 0.5), percentile(rawRetrieval, 0.5)];
  return { retrieval: ours, raw: theirs, overhead: ours / theirs - 1 };
}

function flatIngest(level: IngestLevel): Record<string, number> {
  const { service, raw, slowest, ratio } = ingestFigures(level);
  const at = `ingest c${level.atOnce}`;
  return {
    [`${at} documents`]: level.documents,
    [`${at} documents/s`]: round(service),
    ...Object.fromEntries(parts.map((part) => [`${at} raw ${part} documents/s`, round(raw[part])])),
    [`${at} slowest raw documents/s`]: round(raw[slowest]),
    [`${at} service/slowest raw`]: round(ratio),
  };
}

function flatAsk(level: AskLevel): Record<string, number> {
  const { retrieval, raw, overhead } = askFigures(level);
  const at = `ask c${level.atOnce}`;
  return {
    [`${at} questions`]: level.whole.length,
    [`${at} retrieval p50 ms`]: round(retrieval),
    [`${at} raw retrieval p50 ms`]: round(raw),
    [`${at} retrieval overhead p50`]: round(overhead),
    [`${at} retrieval p95 ms`]: round(percentile(level.retrieval, 0.95)),
    [`${at} raw retrieval p95 ms`]: round(percentile(level.rawRetrieval, 0.95)),
    [`${at} whole p50 ms`]: round(percentile(level.whole, 0.5)),
    [`${at} raw whole p50 ms`]: round(percentile(level.rawWhole, 0.5)),
    [`${at} questions/s`]: round(level.perSecond),
    [`${at} raw questions/s`]: round(level.rawPerSecond),
    [`${at} service/raw questions`]: round(level.perSecond / level.rawPerSecond),
  };
}

const percent = (value: number): string => `${(value * 100).toFixed(0)} %`;
const two = (value: number): string => value.toFixed(2);

function askRow(level: AskLevel): string[] {
  const { retrieval, raw, overhead } = askFigures(level);
  return [
    String(level.atOnce),
    `${two(retrieval)} ms`,
    `${two(raw)} ms`,
    percent(overhead),
    overhead <= 0.15 ? 'yes' : 'no',
    `${two(level.perSecond)} /s`,
    `${two(level.rawPerSecond)} /s`,
  ];
}

function ingestRow(level: IngestLevel): string[] {
  const { service, raw, slowest, ratio } = ingestFigures(level);
  return [
    String(level.atOnce),
    `${two(service)} /s`,
    ...parts.map((part) => `${two(raw[part])} /s`),
    `${percent(ratio)} of ${slowest}`,
    ratio >= 0.8 ? 'yes' : 'no',
  ];
}

const askHead = [
  ...['at once', 'retrieval, p50', 'its raw calls, p50', 'overhead', 'target: <= 15 %'],
  ...['whole answers', 'their raw calls'],
];
const ingestHead = [
  ...['at once', 'documents', 'Tika alone', 'Ollama alone', 'Qdrant alone'],
  ...['of the slowest', 'target: >= 80 %'],
];

export function reportOf({ ingest, ask, chunks }: Measured): Report {
  const documents = ingest.reduce((sum, level) => sum + level.documents, 0);
  const figures = [{ documents, chunks }, ...ingest.map(flatIngest), ...ask.map(flatAsk)];
  return {
    flat: Object.fromEntries(figures.flatMap((level) => Object.entries(level))),
    tables: {
      ask: markdown([askHead, ...ask.map(askRow)]),
      ingest: markdown([ingestHead, ...ingest.map(ingestRow)]),
    },
  };
}

/** The block of docs/benchmarks.md that holds these figures. */
export function blockOf({ flat, tables }: Report, machine: string): string {
  const { documents = 0, chunks = 0 } = flat;
  return `${documents} documents, ${chunks} chunks. ${machine}.\n\n${tables.ask}\n\n${tables.ingest}`;
}
