import { describe, expect, it } from 'vitest';
import { makeDocx, makeZip } from '../../test/support/docx.ts';
import { makePdf } from '../../test/support/pdf.ts';
import { detectMediaType } from './media-type.ts';

const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const compound = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), Buffer.from(text, 'utf16le')]);

describe('detectMediaType', () => {
  it.each([
    ['a PDF under another name', makePdf([['x']]), 'bild.png', 'application/pdf'],
    ['a PDF behind some bytes', Buffer.concat([Buffer.from('\n\njunk'), makePdf([['x']])]), 'a.pdf', 'application/pdf'],
    ['a DOCX under another name', makeDocx(['x']), 'a.txt', docx],
    ['HTML by its markup', Buffer.from('<!-- x -->\n<!DOCTYPE html><html>'), 'a.txt', 'text/html'],
    ['Markdown by its name', Buffer.from('# A'), 'a.MD', 'text/markdown'],
    ['plain text', Buffer.from('Zähler <1.8.0>'), 'a', 'text/plain'],
    ['a PNG picture', Buffer.from('\u0089PNG\r\n\u001A\n', 'latin1'), 'a.docx', 'image/png'],
    ['a JPEG picture', Buffer.from([0xff, 0xd8, 0xff, 0xe0]), 'a.pdf', 'image/jpeg'],
    ['a TIFF picture', Buffer.from('MM\0*', 'latin1'), 'a', 'image/tiff'],
    ['UTF-16 text', Buffer.from('\uFEFFZähler', 'utf16le'), 'a.txt', 'text/plain'],
  ])('knows %s', (_name, bytes, fileName, mediaType) =>
    expect(detectMediaType(bytes, bytes, fileName)).toEqual({ mediaType }),
  );

  it.each([
    ['another zip', makeZip({ 'xl/workbook.xml': 'x' }), 'unsupported'],
    ['an old Office file', compound('WordDocument'), 'unsupported'],
    ['an encrypted Office file', compound('EncryptedPackage'), 'encrypted'],
    ['a picture in a format that is not read', Buffer.from('GIF89a\u0001\u0000', 'latin1'), 'unsupported'],
  ])('refuses %s', (_name, bytes, refused) =>
    expect(detectMediaType(bytes, bytes, 'a.docx')).toMatchObject({ refused }),
  );
});
