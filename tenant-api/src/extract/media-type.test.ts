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
    ['UTF-16 text', Buffer.from('\uFEFFZähler', 'utf16le'), 'a.txt', 'text/plain'],
  ])('knows %s', (_name, bytes, fileName, mediaType) =>
    expect(detectMediaType(bytes, bytes, fileName)).toEqual({ mediaType }),
  );

  it.each([
    ['another zip', makeZip({ 'xl/workbook.xml': 'x' }), 'unsupported'],
    ['an old Office file', compound('WordDocument'), 'unsupported'],
    ['an encrypted Office file', compound('EncryptedPackage'), 'encrypted'],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]), 'unsupported'],
  ])('refuses %s', (_name, bytes, refused) =>
    expect(detectMediaType(bytes, bytes, 'a.docx')).toMatchObject({ refused }),
  );
});
