import { makeDocx } from '../../../tenant-api/test/support/docx.ts';
import { makePdf } from '../../../tenant-api/test/support/pdf.ts';
import type { BenchDocument } from './documents.ts';

/** A file as somebody would upload it. */
export interface BenchFile {
  readonly name: string;
  readonly content: Buffer;
}

const LINE = 95;
const LINES_OF_PAGE = 52;

/** Lines of at most so many characters, broken between words. */
export function wrapped(text: string, width = LINE): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function pdf({ title, sections }: BenchDocument): Buffer {
  const lines = [
    title,
    '',
    ...sections.flatMap(({ heading, paragraphs }) => [
      heading,
      '',
      ...paragraphs.flatMap((text) => [...wrapped(text), '']),
    ]),
  ];
  const pages: string[][] = [];
  for (let from = 0; from < lines.length; from += LINES_OF_PAGE) pages.push(lines.slice(from, from + LINES_OF_PAGE));
  return makePdf(pages);
}

const docx = ({ title, sections }: BenchDocument): Buffer =>
  makeDocx([`# ${title}`, ...sections.flatMap(({ heading, paragraphs }) => [`# ${heading}`, ...paragraphs])]);

function html({ title, sections, language }: BenchDocument): Buffer {
  const body = sections.map(
    ({ heading, paragraphs }) => `<h2>${heading}</h2>${paragraphs.map((text) => `<p>${text}</p>`).join('\n')}`,
  );
  return Buffer.from(
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${title}</title></head><body><h1>${title}</h1>${body.join('\n')}</body></html>`,
  );
}

const kinds = [
  ['pdf', pdf],
  ['pdf', pdf],
  ['docx', docx],
  ['html', html],
] as const;

/** Half of them PDFs, a quarter each DOCX and HTML, in both languages: kinds that Tika reads. */
export function fileOf(document: BenchDocument, index: number): BenchFile {
  const [ending, make] = kinds[Math.floor(index / 2) % kinds.length] ?? kinds[0];
  return { name: `${document.name}.${ending}`, content: make(document) };
}
