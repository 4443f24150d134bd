/**
 * The document with the block of this name replaced by `text`. A block stands between `<!-- NAME -->` and `<!-- end -->`, each on a
 * line of its own. Throws when there is none.
 */
export function replaceBlock(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->\n`, '<!-- end -->'];
  const from = document.indexOf(begin);
  const to = document.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`LUNA_BENCH_DOCS: no block ${name}`);
  return `${document.slice(0, from)}${begin}\n${text}\n\n${document.slice(to)}`;
}
