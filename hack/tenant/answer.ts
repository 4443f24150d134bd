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

/** Where in its document a citation points: heading path and page, whichever are known. */
export function placeOf(citation: Citation): string {
  const { heading } = citation;
  const page = citation.page === undefined ? undefined : `page ${citation.page}`;
  return [heading, page].filter((part) => part !== undefined && part !== '').join(', ');
}

/** One citation: `[1] title — heading, page (file; item …, chunk …)` and the sentences it stands for. */
export function renderCitation(citation: Citation, width: number): string {
  const place = placeOf(citation);
  const head = `[${citation.n}] ${citation.title}${place === '' ? '' : ` — ${place}`}`;
  const lines = [head, `    (${citation.source}; item ${citation.itemId}, chunk ${citation.chunkId})`];
  const quote = citation.quote.replace(/\s+/g, ' ').trim();
  return [...lines, ...(quote === '' ? [] : [wrap(`“${quote}”`, width, '    ')])].join('\n');
}

/** What stands under the answer: its citations, or that it is a refusal. */
export function renderSources(answer: Answer, width: number): string {
  if (answer.refused) return 'Not answered from these documents: nothing in them carries an answer.';
  if (answer.citations.length === 0) return 'No citations.';
  return ['Sources', ...answer.citations.map((citation) => renderCitation(citation, width))].join('\n');
}
