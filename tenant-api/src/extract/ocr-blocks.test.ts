import { describe, expect, it } from 'vitest';
import { imageSize } from './image-size.ts';
import { dropPageFurniture, joinBrokenSentences } from './paged.ts';
import { pagesWithoutText } from './tika.ts';
import { xhtmlBlocks } from './xhtml-blocks.ts';

const word = (text: string, sure: number): string =>
  `<span class="ocrx_word" title="bbox 0 0 1 1; x_wconf ${sure}">${text}</span>\n`;
const line = (...words: string[]): string => `<span class="ocr_line" title="bbox">\n ${words.join(' ')}</span>\n`;
const ocrPage = (...lines: string[]): string =>
  `<div class="ocr_page"><div class="ocr_carea"><p class="ocr_par">\n${lines.join('')}</p></div></div>`;

describe('a recognised picture', () => {
  it('gives its words line by line, on its pages, without what the recognition does not believe', () => {
    const picture = `<div class="ocr">${ocrPage(line(word('Zähler', 95), word('~§', 12)), line(word('steht.', 90)))}${ocrPage(line(word('Blatt zwei.', 91)))}</div>`;
    expect(xhtmlBlocks(`<html><body>${picture}</body></html>`)).toEqual([
      { kind: 'paragraph', text: 'Zähler steht.', page: 1 },
      { kind: 'paragraph', text: 'Blatt zwei.', page: 2 },
    ]);
  });
  it('in a page of a PDF is that page', () => {
    const pdf = `<div class="page"><p>Erste Seite.</p></div><div class="page"><div class="ocr">${ocrPage(line(word('Zweite Seite.', 90)))}</div></div><div class="page"><p>Dritte Seite.</p></div>`;
    expect(xhtmlBlocks(`<html><body>${pdf}</body></html>`)).toEqual([
      { kind: 'paragraph', text: 'Erste Seite.', page: 1 },
      { kind: 'paragraph', text: 'Zweite Seite.', page: 2 },
      { kind: 'paragraph', text: 'Dritte Seite.', page: 3 },
    ]);
  });
  it('has its sentences whole, also where the lines came as paragraphs', () => {
    const block = (text: string, page = 1): { kind: 'paragraph'; text: string; page: number } => ({
      kind: 'paragraph',
      text,
      page,
    });
    const blocks = [
      block('Der Schutz wurde am 3. März'),
      block('im Schrank nachgerüstet.'),
      block('neu hier'),
      block('auf Seite 2', 2),
    ];
    expect(joinBrokenSentences(blocks)).toEqual([
      block('Der Schutz wurde am 3. März im Schrank nachgerüstet.'),
      block('neu hier'),
      block('auf Seite 2', 2),
    ]);
  });
});

describe('page furniture', () => {
  const pages = (make: (page: number) => string): ReturnType<typeof dropPageFurniture> =>
    dropPageFurniture([1, 2, 3, 4, 5].map((page) => ({ kind: 'paragraph', text: make(page), page })));
  it.each<[string, (page: number) => string]>([
    ['a running title', () => 'Handbuch 2024'],
    ['a page number', (page) => `${page}`],
    ['a page number with the number of pages', (page) => `Seite ${page} von 5`],
    ['a page number behind a title with a year', (page) => `Handbuch 2024 – ${page + 2}`],
  ])('is %s', (_what, make) => expect(pages(make)).toHaveLength(1));
  it('is no line that is like its fellows but for its figures', () =>
    expect(pages((page) => `Zählerstand: ${page * 731} kWh`)).toHaveLength(5));
});

it('pages without a text layer are known by their characters', () => {
  expect(pagesWithoutText({ 'pdf:charsPerPage': ['812', '0', '9', '10'] })).toEqual([2, 3]);
  expect(pagesWithoutText({ 'pdf:charsPerPage': '0' })).toEqual([1]);
  expect(pagesWithoutText({})).toEqual([]);
});

describe('imageSize', () => {
  it.each(['png', 'jpg', 'tif'])('reads the header of the fixture scan.%s', async (ending) => {
    const { readFile } = await import('node:fs/promises');
    const bytes = await readFile(new URL(`../../test/fixtures/scan.${ending}`, import.meta.url));
    const type = { png: 'image/png', jpg: 'image/jpeg', tif: 'image/tiff' }[ending] ?? '';
    expect(imageSize(bytes, type)).toEqual({ width: 1240, height: 500 });
  });
  it.each(['image/png', 'image/jpeg', 'image/tiff', 'text/plain'])('of a stump of %s is not known', (type) => {
    for (let length = 0; length < 24; length += 1) expect(imageSize(Buffer.alloc(length, 0xff), type)).toBeUndefined();
  });
});
