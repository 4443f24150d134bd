import { strToU8, zipSync, type Zippable } from 'fflate';
import { titleOf, type Block, type Run } from './blocks.ts';

const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const word = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const escape = (text: string): string =>
  text.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c] ?? c);

const run = ({ text, bold }: Run): string =>
  `<w:r>${bold ? '<w:rPr><w:b/></w:rPr>' : ''}<w:t xml:space="preserve">${escape(text)}</w:t></w:r>`;

function paragraph(runs: readonly Run[], properties = ''): string {
  return `<w:p>${properties === '' ? '' : `<w:pPr>${properties}</w:pPr>`}${runs.map(run).join('')}</w:p>`;
}

const numbered = (id: number): string =>
  `<w:pStyle w:val="ListParagraph"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="${id}"/></w:numPr>`;

function table(block: Extract<Block, { kind: 'table' }>): string {
  const row = (cells: readonly string[], bold: boolean): string =>
    `<w:tr>${cells.map((text) => `<w:tc><w:tcPr/>${paragraph([{ text, bold }])}</w:tc>`).join('')}</w:tr>`;
  const border = ['top', 'left', 'bottom', 'right', 'insideH', 'insideV'].map(
    (side) => `<w:${side} w:val="single" w:sz="4"/>`,
  );
  return `<w:tbl><w:tblPr><w:tblBorders>${border.join('')}</w:tblBorders></w:tblPr>${row(block.header, true)}${block.rows
    .map((cells) => row(cells, false))
    .join('')}</w:tbl>`;
}

/** Ordered lists each get a numbering of their own (ids from 2 on), so that every section starts at 1; id 1 is the bullet. */
function body(blocks: readonly Block[]): { content: string; orderedLists: number } {
  let orderedLists = 0;
  const content = blocks.map((block) => {
    switch (block.kind) {
      case 'heading':
        return paragraph(block.runs, `<w:pStyle w:val="Heading${block.level}"/>`);
      case 'paragraph':
        return paragraph(block.runs);
      case 'code':
        return paragraph([{ text: block.text, bold: false }]);
      case 'table':
        return table(block);
      case 'list': {
        const id = block.ordered ? 2 + orderedLists++ : 1;
        return block.items.map((item) => paragraph(item, numbered(id))).join('');
      }
    }
  });
  return { content: content.join(''), orderedLists };
}

function numbering(orderedLists: number): string {
  const level = (format: string, text: string): string =>
    `<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="${format}"/><w:lvlText w:val="${text}"/><w:pPr><w:ind w:left="360" w:hanging="360"/></w:pPr></w:lvl>`;
  const ids = Array.from({ length: orderedLists }, (_, i) => i + 2);
  const nums = ids.map(
    (id) =>
      `<w:num w:numId="${id}"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>`,
  );
  return `${xml}<w:numbering ${word}><w:abstractNum w:abstractNumId="0">${level('bullet', '•')}</w:abstractNum><w:abstractNum w:abstractNumId="1">${level('decimal', '%1.')}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>${nums.join('')}</w:numbering>`;
}

function styles(): string {
  const heading = (level: number): string =>
    `<w:style w:type="paragraph" w:styleId="Heading${level}"><w:name w:val="heading ${level}"/><w:pPr><w:keepNext/><w:outlineLvl w:val="${level - 1}"/></w:pPr><w:rPr><w:b/><w:sz w:val="${36 - level * 4}"/></w:rPr></w:style>`;
  return `${xml}<w:styles ${word}><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>${[1, 2, 3].map(heading).join('')}<w:style w:type="paragraph" w:styleId="ListParagraph"><w:name w:val="List Paragraph"/></w:style></w:styles>`;
}

/** A Word document with real heading styles, lists and tables; the same blocks give the same bytes. */
export function renderDocx(blocks: readonly Block[], language: string): Uint8Array {
  const { content, orderedLists } = body(blocks);
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const part = 'application/vnd.openxmlformats-officedocument.wordprocessingml';
  const files: Record<string, string> = {
    '[Content_Types].xml': `${xml}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="${part}.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="${part}.styles+xml"/><Override PartName="/word/numbering.xml" ContentType="${part}.numbering+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`,
    '_rels/.rels': `${xml}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`,
    'docProps/core.xml': `${xml}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${escape(titleOf(blocks))}</dc:title><dc:creator>Stadtwerke Musterstadt</dc:creator><dc:language>${language}</dc:language></cp:coreProperties>`,
    'word/document.xml': `${xml}<w:document ${word}><w:body>${content}<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134"/></w:sectPr></w:body></w:document>`,
    'word/styles.xml': styles(),
    'word/numbering.xml': numbering(orderedLists),
    'word/_rels/document.xml.rels': `${xml}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${office}/styles" Target="styles.xml"/><Relationship Id="rId2" Type="${office}/numbering" Target="numbering.xml"/></Relationships>`,
  };
  const zipped: Zippable = {};
  // A zip entry keeps local wall-clock fields, so the moment is built from them and is the same in every time zone.
  for (const [name, content_] of Object.entries(files))
    zipped[name] = [strToU8(content_), { mtime: new Date(2026, 0, 1) }];
  return zipSync(zipped, { level: 9 });
}
