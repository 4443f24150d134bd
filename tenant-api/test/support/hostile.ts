import { deflateRawSync } from 'node:zlib';
import { makeDocx, makeZip } from './docx.ts';
import { assemble, makePdf } from './pdf.ts';

const types = `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`;
const relations = `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`;
const word = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
const font = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>';
const content = (text: string): string => `<< /Length ${text.length} >>\nstream\n${text}\nendstream`;

/** A DOCX whose body unpacks to `megabytes` of the same letter. */
export function zipBomb(megabytes: number): Buffer {
  const head = Buffer.from(`<?xml version="1.0"?><w:document xmlns:w="${word}"><w:body><w:p><w:r><w:t>`);
  const tail = Buffer.from('</w:t></w:r></w:p></w:body></w:document>');
  const body = Buffer.concat([head, Buffer.alloc(megabytes * 1024 * 1024, 'a'), tail]);
  return makeZip(
    { '[Content_Types].xml': types, '_rels/.rels': relations },
    { 'word/document.xml': [body, deflateRawSync(body)] },
  );
}

/** A DOCX that asks its reader to put in what a file of the server, or an address, holds. */
export function xxeDocx(target: string): Buffer {
  const document = `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "${target}">]><w:document xmlns:w="${word}"><w:body><w:p><w:r><w:t>Vertrag &x; Ende</w:t></w:r></w:p></w:body></w:document>`;
  return makeZip({ '[Content_Types].xml': types, '_rels/.rels': relations, 'word/document.xml': document });
}

/** A PDF with an XFA form that does the same (CVE-2025-66516), or one that harms nobody. */
export function xxeXfaPdf(target: string | undefined): Buffer {
  const entity = target === undefined ? '' : `<!DOCTYPE x [<!ENTITY e SYSTEM "${target}">]>`;
  const value = target === undefined ? 'Wert' : '&e;';
  const xfa = `<?xml version="1.0"?>${entity}<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data><feld>${value}</feld></xfa:data></xfa:datasets></xdp:xdp>`;
  return assemble([
    '<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [] /XFA 6 0 R >> >>',
    '<< /Type /Pages /Kids [4 0 R] /Count 1 >>',
    font,
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents 5 0 R >>',
    content('BT /F1 11 Tf 50 780 Td (Formular mit einem eingebetteten Teil.) Tj ET'),
    content(xfa),
  ]);
}

/** A page so large that drawing it for recognition would take gigabytes; with `text`, after one that has that. */
export function hugePagePdf(text?: string): Buffer {
  const kids = text === undefined ? '[4 0 R]' : '[6 0 R 4 0 R]';
  return assemble([
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids ${kids} /Count ${text === undefined ? 1 : 2} >>`,
    font,
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 14400 14400] /Resources << >> /Contents 5 0 R >>',
    content('0 0 1 1 re f'),
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents 7 0 R >>',
    content(`BT /F1 11 Tf 50 780 Td (${text ?? ''}) Tj ET`),
  ]);
}

/** 5,000 pages: their number in words enough to be no picture of a page, and a value on every fiftieth. */
export const manyPages = (): Buffer =>
  makePdf(
    Array.from({ length: 5000 }, (_, n) => [
      `Blatt Nummer ${n + 1}`,
      ...(n % 50 === 0 ? ['', `Der Wert am Punkt ${n} ist ${n * 7}.`] : []),
    ]),
  );

/** A header that promises 60,000 by 60,000 pixels. */
export function hugePng(): Buffer {
  const head = Buffer.alloc(33);
  head.write('\u0089PNG\r\n\u001A\n', 0, 'latin1');
  head.writeUInt32BE(13, 8);
  head.write('IHDR', 12, 'latin1');
  head.writeUInt32BE(60_000, 16);
  head.writeUInt32BE(60_000, 20);
  return head;
}

export const plainDocx = (): Buffer => makeDocx(['Ein gewöhnlicher Absatz.']);
