import type { Block } from './blocks.ts';

type TextBlock = Extract<Block, { text: string }>;

const ROW_LENGTH = 110;
const MIN_ROWS = 3;

/** A line of a table or a form: short, and no sentence. Paged formats have no other sign of a table. */
function isRow(block: Block): block is TextBlock {
  if (block.kind !== 'paragraph' && block.kind !== 'lines') return false;
  return block.text.split('\n').every((line) => line.length <= ROW_LENGTH && !/[.!?:;]$/u.test(line));
}

/** Brings the rows of a table, which come as paragraphs of their own, back together, so that they stay in one chunk. */
export function mergeRows(blocks: readonly Block[]): Block[] {
  const merged: Block[] = [];
  let run: TextBlock[] = [];
  const close = (): void => {
    const [first] = run;
    if (first && run.length >= MIN_ROWS) {
      const text = run.map((row) => row.text).join('\n');
      merged.push({ kind: 'lines', text, ...(first.page === undefined ? {} : { page: first.page }) });
    } else merged.push(...run);
    run = [];
  };
  for (const block of blocks) {
    if (isRow(block) && (run.length === 0 || run[0]?.page === block.page)) run.push(block);
    else {
      close();
      if (isRow(block)) run.push(block);
      else merged.push(block);
    }
  }
  close();
  return merged;
}

/** What a block looks like on every page it would be furniture of: word for word, or but for a number that counts with the pages. */
function likenesses(block: Block): string[] {
  if (block.kind === 'table' || block.text.length > ROW_LENGTH) return [];
  const { text, page = 0 } = block;
  const counted = (number: string): string => `#${Number(number) - page}`;
  return [...new Set([text, text.replace(/\d+/u, counted), text.replace(/\d+(?=\D*$)/u, counted)])];
}

/**
 * Leaves out what stands on (nearly) every page: running titles and page numbers. The first of each stays. Lines that are alike but for
 * other numbers are data.
 */
export function dropPageFurniture(blocks: readonly Block[]): Block[] {
  const pages = new Set(blocks.map((block) => block.page)).size;
  const seenOn = new Map<string, Set<number | undefined>>();
  for (const block of blocks) {
    for (const likeness of likenesses(block)) seenOn.set(likeness, (seenOn.get(likeness) ?? new Set()).add(block.page));
  }
  const told = new Set<string>();
  return blocks.filter((block) => {
    const everywhere = likenesses(block).filter((one) => (seenOn.get(one)?.size ?? 0) >= Math.max(2, pages * 0.6));
    if (everywhere.length === 0) return true;
    const first = !everywhere.some((one) => told.has(one));
    for (const one of everywhere) told.add(one);
    return first;
  });
}

const isProse = (block: Block | undefined): block is TextBlock =>
  block?.kind === 'paragraph' || block?.kind === 'lines';

/** Recognition often takes the lines of one sentence for paragraphs: what goes on in lower case after an open end goes on. */
export function joinBrokenSentences(blocks: readonly Block[]): Block[] {
  const joined: Block[] = [];
  for (const block of blocks) {
    const last = joined.at(-1);
    const goesOn = isProse(block) && isProse(last) && last.page === block.page && /^\p{Ll}/u.test(block.text);
    if (goesOn && !/[.!?:;]$/u.test(last.text))
      joined[joined.length - 1] = { ...last, text: `${last.text} ${block.text}` };
    else joined.push(block);
  }
  return joined;
}
