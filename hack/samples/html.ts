import { titleOf, type Block, type Run } from './blocks.ts';

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);

const inline = (runs: readonly Run[]): string =>
  runs.map((run) => (run.bold ? `<strong>${escape(run.text)}</strong>` : escape(run.text))).join('');

function element(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${inline(block.runs)}</h${block.level}>`;
    case 'paragraph':
      return `<p>${inline(block.runs)}</p>`;
    case 'code':
      return `<pre>${escape(block.text)}</pre>`;
    case 'list': {
      const tag = block.ordered ? 'ol' : 'ul';
      return [`<${tag}>`, ...block.items.map((item) => `  <li>${inline(item)}</li>`), `</${tag}>`].join('\n');
    }
    case 'table': {
      const row = (cells: readonly string[], tag: string): string =>
        `  <tr>${cells.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('')}</tr>`;
      return ['<table>', row(block.header, 'th'), ...block.rows.map((cells) => row(cells, 'td')), '</table>'].join(
        '\n',
      );
    }
  }
}

/** A page as an intranet would serve it: navigation and footer around the text, which an extractor has to cope with. */
export function renderHtml(blocks: readonly Block[], language: string): string {
  const title = escape(titleOf(blocks));
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<title>${title}</title>
<style>body { font-family: sans-serif; max-width: 48rem; margin: auto } table { border-collapse: collapse } td, th { border: 1px solid; padding: .2rem .5rem }</style>
</head>
<body>
<nav><a href="/">Start</a> · <a href="/wissen">Wissen</a> · <a href="/kontakt">Kontakt</a></nav>
<main>
${blocks.map(element).join('\n')}
</main>
<footer>Stadtwerke Musterstadt · Beispieltext</footer>
</body>
</html>
`;
}
