import { wrap } from './table.ts';

/** A place in a document that carries the answer. */
export interface Citation {
  readonly n: number;
  readonly itemId: string;
  readonly chunkId: string;
  readonly title?: string | null;
  readonly source?: string | null;
  readonly page?: number | null;
  readonly heading?: string | readonly string[] | null;
  readonly quote?: string | null;
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
  const heading = typeof citation.heading === 'string' ? citation.heading : citation.heading?.join(' › ');
  const page = citation.page === undefined || citation.page === null ? undefined : `page ${citation.page}`;
  return [heading, page].filter((part) => part !== undefined && part !== '').join(', ');
}

/** One citation: `[1] title — heading, page (file; item …, chunk …)` and the sentences it stands for. */
export function renderCitation(citation: Citation, width: number): string {
  const name = citation.title ?? citation.source ?? citation.itemId;
  const place = placeOf(citation);
  const source = citation.source === undefined || citation.source === null ? '' : `${citation.source}; `;
  const head = `[${citation.n}] ${name}${place === '' ? '' : ` — ${place}`}`;
  const lines = [head, `    (${source}item ${citation.itemId}, chunk ${citation.chunkId})`];
  const quote = citation.quote?.replace(/\s+/g, ' ').trim() ?? '';
  return [...lines, ...(quote === '' ? [] : [wrap(`“${quote}”`, width, '    ')])].join('\n');
}

/** What stands under the answer: its citations, or that it is a refusal. */
export function renderSources(answer: Answer, width: number): string {
  if (answer.refused) return 'Not answered from these documents: nothing in them carries an answer.';
  if (answer.citations.length === 0) return 'No citations.';
  return ['Sources', ...answer.citations.map((citation) => renderCitation(citation, width))].join('\n');
}
