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

const furniture = (block: Block): string | undefined =>
  block.kind === 'table' || block.text.length > ROW_LENGTH ? undefined : block.text.replace(/\d+/gu, '#');

/** Leaves out what stands on (nearly) every page: running titles and page numbers. The first of each stays. */
export function dropPageFurniture(blocks: readonly Block[]): Block[] {
  const pages = new Set(blocks.map((block) => block.page)).size;
  const seenOn = new Map<string, Set<number | undefined>>();
  for (const block of blocks) {
    const key = furniture(block);
    if (key !== undefined) seenOn.set(key, (seenOn.get(key) ?? new Set()).add(block.page));
  }
  const told = new Set<string>();
  return blocks.filter((block) => {
    const key = furniture(block);
    if (key === undefined || (seenOn.get(key)?.size ?? 0) < Math.max(2, pages * 0.6)) return true;
    const first = !told.has(key);
    told.add(key);
    return first;
  });
}
