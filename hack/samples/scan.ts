import { join } from 'node:path';
import { openSync, type Font } from 'fontkit';
import { textOf, type Block } from './blocks.ts';
import { fontFolder, setPdf } from './pdf.ts';
import { encodePng } from './png.ts';
import { Canvas, flatten, type Point } from './raster.ts';

/** A4 at 200 dots per inch, what an office scanner delivers. */
const page = { width: 1654, height: 2338, margin: 190 };
/** A sheet never lies quite straight on the glass. */
const tiltRadians = (0.7 * Math.PI) / 180;

interface Line {
  readonly text: string;
  readonly size: number;
  readonly bold: boolean;
  readonly y: number;
}

interface Fonts {
  readonly regular: Font;
  readonly bold: Font;
}

const open = (name: string): Font => {
  const font = openSync(join(fontFolder, `Roboto-${name}.ttf`));
  if (!('layout' in font)) throw new Error('A single font was expected, not a collection');
  return font;
};

const scale = (font: Font, size: number): number => size / font.unitsPerEm;

function wrap(font: Font, size: number, text: string): string[] {
  const limit = page.width - 2 * page.margin;
  return text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    const fits = font.layout(longer).advanceWidth * scale(font, size) <= limit;
    if (last === undefined || !fits) lines.push(word);
    else lines[lines.length - 1] = longer;
    return lines;
  }, []);
}

/** The lines of one block's text; a scan has headings, paragraphs and numbered points, no tables. */
function texts(block: Block): string[] {
  if (block.kind === 'heading' || block.kind === 'paragraph') return [textOf(block.runs)];
  if (block.kind === 'list')
    return block.items.map((item, i) => `${block.ordered ? `${i + 1}.` : '–'} ${textOf(item)}`);
  throw new Error(`The scan does not draw a ${block.kind}`);
}

function layOut(blocks: readonly Block[], fonts: Fonts): Line[] {
  const lines: Line[] = [];
  let y = page.margin;
  for (const block of blocks) {
    const bold = block.kind === 'heading';
    const size = bold ? (block.level === 1 ? 50 : 34) : 29;
    y += bold ? 26 : 6;
    for (const text of texts(block).flatMap((entry) => wrap(bold ? fonts.bold : fonts.regular, size, entry))) {
      y += size * 1.42;
      lines.push({ text, size, bold, y });
    }
  }
  if (y > page.height - page.margin / 2) throw new Error('The text is too long for one scanned page');
  return lines;
}

function tilt([x, y]: Point): Point {
  const [dx, dy] = [x - page.width / 2, y - page.height / 2];
  const [sin, cos] = [Math.sin(tiltRadians), Math.cos(tiltRadians)];
  return [page.width / 2 + dx * cos - dy * sin, page.height / 2 + dx * sin + dy * cos];
}

function drawLine(canvas: Canvas, font: Font, line: Line): void {
  const factor = scale(font, line.size);
  let pen = page.margin;
  for (const glyph of font.layout(line.text).glyphs) {
    const place = (x: number, y: number): Point => tilt([pen + x * factor, line.y - y * factor]);
    let outline: Point[] = [];
    for (const { command, args } of glyph.path.commands) {
      const points = Array.from({ length: args.length / 2 }, (_, i) => place(args[i * 2] ?? 0, args[i * 2 + 1] ?? 0));
      if (command === 'closePath') {
        canvas.fill(outline);
        outline = [];
      } else if (points.length > 1) outline.push(...flatten([outline.at(-1) ?? place(0, 0), ...points]));
      else outline.push(...points);
    }
    pen += glyph.advanceWidth * factor;
  }
}

/** A small seeded generator, so that the dust lies in the same places every time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Ink on greyish paper, uneven toner, dust, and the shadow of the lid along the left edge. */
function expose(coverage: Float32Array): Uint8Array {
  const random = seeded(14);
  return Uint8Array.from(coverage, (ink, i) => {
    const shadow = Math.max(0, 1 - (i % page.width) / 60) * 5;
    const dust = random() < 0.0004 ? 9 * random() : 0;
    const toner = ink * (12.6 - 2.4 * random());
    const grain = random() < 0.06 ? 1 : 0;
    return Math.max(0, Math.min(15, Math.round(14.2 - toner - shadow - dust - grain)));
  });
}

/** A PDF that holds one scanned-looking page: a slightly turned, noisy bitmap and no text layer at all. */
export async function renderScan(blocks: readonly Block[]): Promise<Uint8Array> {
  const fonts: Fonts = { regular: open('Regular'), bold: open('Medium') };
  const canvas = new Canvas(page.width, page.height);
  for (const line of layOut(blocks, fonts)) drawLine(canvas, line.bold ? fonts.bold : fonts.regular, line);
  const png = encodePng(expose(canvas.coverage()), page.width, page.height);
  const created = new Date(Date.UTC(2025, 9, 14));
  return setPdf({
    pageSize: 'A4',
    pageMargins: 0,
    info: { title: 'SCAN_20251014_0940', creator: 'Scanner', creationDate: created, modDate: created },
    content: [{ image: `data:image/png;base64,${png.toString('base64')}`, width: 595.28, height: 841.8 }],
  });
}
