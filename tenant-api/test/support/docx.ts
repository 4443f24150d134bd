import { crc32 } from 'node:zlib';

type Packed = readonly [content: Buffer, deflated: Buffer];

/** A zip archive whose entries are stored as they are; those of `packed` are deflated. */
export function makeZip(
  entries: Readonly<Record<string, string | Buffer>>,
  packed: Readonly<Record<string, Packed>> = {},
): Buffer {
  const all: (readonly [name: string, content: Buffer, stored: Buffer, method: number])[] = [
    ...Object.entries(entries).map(([name, text]) => {
      const content = typeof text === 'string' ? Buffer.from(text) : text;
      return [name, content, content, 0] as const;
    }),
    ...Object.entries(packed).map(([name, [content, deflated]]) => [name, content, deflated, 8] as const),
  ];
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content, stored, method] of all) {
    const nameBytes = Buffer.from(name);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(method, 4);
    facts.writeUInt32LE(crc32(content), 10);
    facts.writeUInt32LE(stored.length, 14);
    facts.writeUInt32LE(content.length, 18);
    facts.writeUInt16LE(nameBytes.length, 22);
    files.push(Buffer.from('PK\u0003\u0004', 'latin1'), facts, nameBytes, stored);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\u0001\u0002\u0014\u0000', 'latin1'), facts, tail, nameBytes);
    at += 30 + nameBytes.length + stored.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 0, 'latin1');
  end.writeUInt16LE(all.length, 8);
  end.writeUInt16LE(all.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...files, central, end]);
}

const escape = (text: string): string => text.replace(/&/gu, '&amp;').replace(/</gu, '&lt;');
const run = (text: string): string => `<w:r><w:t>${escape(text)}</w:t></w:r>`;

type Table = readonly (readonly string[])[];

function tableXml(rows: Table): string {
  const cells = (row: readonly string[]): string => row.map((cell) => `<w:tc><w:p>${run(cell)}</w:p></w:tc>`).join('');
  return `<w:tbl>${rows.map((row) => `<w:tr>${cells(row)}</w:tr>`).join('')}</w:tbl>`;
}

/** A real DOCX: a text that begins with `# ` is a first-level heading, an array is a table of rows. `picture` is a PNG in it. */
export function makeDocx(blocks: readonly (string | Table)[], picture?: Buffer): Buffer {
  const body = blocks.map((block) => {
    if (typeof block !== 'string') return tableXml(block);
    const style = block.startsWith('# ') ? '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>' : '';
    return `<w:p>${style}${run(block.replace(/^# /u, ''))}</w:p>`;
  });
  const ns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
  const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
  const types = 'application/vnd.openxmlformats-officedocument.wordprocessingml';
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  return makeZip({
    '[Content_Types].xml': `${head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="png" ContentType="image/png"/><Override PartName="/word/document.xml" ContentType="${types}.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="${types}.styles+xml"/></Types>`,
    '_rels/.rels': `${head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="word/document.xml"/></Relationships>`,
    'word/_rels/document.xml.rels': `${head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${office}/styles" Target="styles.xml"/>${picture ? `<Relationship Id="rId2" Type="${office}/image" Target="media/image1.png"/>` : ''}</Relationships>`,
    ...(picture ? { 'word/media/image1.png': picture } : {}),
    'word/styles.xml': `${head}<w:styles ${ns}><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style></w:styles>`,
    'word/document.xml': `${head}<w:document ${ns}><w:body>${body.join('')}</w:body></w:document>`,
  });
}
