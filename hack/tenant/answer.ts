import { wrap } from './table.ts';

/** A place in a document that carries the answer. */
export interface Citation {
  readonly n: number;
  readonly itemId: string;
  readonly chunkId: string;
  readonly title: string;
  readonly source: string;
  readonly page?: number;
  readonly heading?: string;
  readonly quote: string;
}

/** What `/rag/ask` answers. */
export interface Answer {
  readonly answer: string;
  readonly mode: string;
  readonly refused: boolean;
  readonly language?: string;
  readonly citations: readonly Citation[];
}

const modes: Readonly<Record<string, string>> = {
  extractive: 'extractive: sentences quoted from your documents, no chat model involved',
  generated: "generated: written by the tenant's chat model from the passages cited",
};

/** What the mode of an answer means, for the line above it. */
export function modeLine(mode: string): string {
  return `[${modes[mode] ?? mode}]`;
}

const separator = ' › ';

/** Where in its document a citation points: heading path and page, whichever are known. The title is not repeated. */
export function placeOf({ title, heading, page }: Citation): string {
  const path = heading?.split(separator) ?? [];
  const below = path[0] === title ? path.slice(1) : path;
  return [below.join(separator), page === undefined ? '' : `page ${page}`].filter((part) => part !== '').join(', ');
}

function quoteOf(citation: Citation, width: number): string[] {
  const quote = citation.quote.replace(/\s+/g, ' ').trim();
  return quote === '' ? [] : [wrap(`“${quote}”`, width, '    ')];
}

/** One place: `[1] title — heading, page (file; item …, chunk …)` and the sentences in it that are cited. */
function renderPlace(citations: readonly Citation[], width: number): string[] {
  const [first] = citations;
  if (first === undefined) return [];
  const place = placeOf(first);
  return [
    `[${first.n}] ${first.title}${place === '' ? '' : ` — ${place}`}`,
    `    (${first.source}; item ${first.itemId}, chunk ${first.chunkId})`,
    ...citations.flatMap((citation) => quoteOf(citation, width)),
  ];
}

/** What stands under the answer: its citations, place by place, or that it is a refusal. */
export function renderSources(answer: Answer, width: number): string {
  if (answer.refused) return 'Not answered: nothing in these documents carries an answer.';
  if (answer.citations.length === 0) return 'No citations.';
  const places = Map.groupBy(answer.citations, (citation) => `${citation.n} ${citation.chunkId}`);
  return ['Sources', ...[...places.values()].flatMap((citations) => renderPlace(citations, width))].join('\n');
}
