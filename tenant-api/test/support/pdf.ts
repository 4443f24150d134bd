import { imageSize } from '../../src/extract/image-size.ts';

/** Lines of text, or the bytes of a JPEG picture at the top of the page. */
export type PdfPage = readonly string[] | Buffer;

const streamObject = (facts: string, content: string): string =>
  `<< ${facts}/Length ${content.length} >>\nstream\n${content}\nendstream`;

function textContent(lines: readonly string[]): string {
  const shown = lines.map((line) => `(${line.replace(/[\\()]/gu, '\\$&')}) Tj T*`).join('\n');
  return `BT /F1 11 Tf 14 TL 50 780 Td\n${shown}\nET`;
}

function sizeOf(jpeg: Buffer): { width: number; height: number } {
  const size = imageSize(jpeg, 'image/jpeg');
  if (!size) throw new Error('the picture is no JPEG');
  return size;
}

/** As wide as the page, at its top. */
function pictureContent(jpeg: Buffer): string {
  const { width, height } = sizeOf(jpeg);
  const high = Math.round((595 * height) / width);
  return `q 595 0 0 ${high} 0 ${842 - high} cm /I1 Do Q`;
}

function pictureObject(jpeg: Buffer): string {
  const size = sizeOf(jpeg);
  const facts = `/Type /XObject /Subtype /Image /Width ${size.width} /Height ${size.height} /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode `;
  return streamObject(facts, jpeg.toString('latin1'));
}

/** A real PDF with one page per entry: lines of text in Helvetica (Latin letters and umlauts only), or one grey JPEG picture. */
export function makePdf(pages: readonly PdfPage[]): Buffer {
  const objects: string[] = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '',
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
  ];
  const kids: number[] = [];
  const add = (object: string): number => objects.push(object);
  for (const page of pages) {
    const picture = Buffer.isBuffer(page) ? add(pictureObject(page)) : undefined;
    const content = add(streamObject('', Buffer.isBuffer(page) ? pictureContent(page) : textContent(page)));
    const resources = picture === undefined ? '/Font << /F1 3 0 R >>' : `/XObject << /I1 ${picture} 0 R >>`;
    kids.push(
      add(
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << ${resources} >> /Contents ${content} 0 R >>`,
      ),
    );
  }
  objects[1] = `<< /Type /Pages /Kids [${kids.map((kid) => `${kid} 0 R`).join(' ')}] /Count ${pages.length} >>`;
  return assemble(objects);
}

/** A file of these objects, the first of which is the catalogue. */
export function assemble(objects: readonly string[]): Buffer {
  const parts = ['%PDF-1.4\n'];
  let at = parts[0]?.length ?? 0;
  const offsets = objects.map((object, index) => {
    const written = `${index + 1} 0 obj\n${object}\nendobj\n`;
    const from = at;
    parts.push(written);
    at += written.length;
    return from;
  });
  const table = offsets.map((from) => `${String(from).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  parts.push(
    `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`,
  );
  // WinAnsi and Latin-1 agree for letters, so that one character is one byte and the offsets are right.
  return Buffer.from(parts.join(''), 'latin1');
}
