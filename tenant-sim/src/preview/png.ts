import { crc32, deflateSync } from 'node:zlib';
import { colorOf, createPixels, drawBand, drawLine, type Pixels } from './canvas.ts';
import { strokesOf } from './glyphs.ts';
import type { Point, Scene, Shape } from './scene.ts';

/** Pixels for each unit of the scene, so that it is sharp on fine screens too. */
const SCALE = 2;

/** A scene as a PNG picture. */
export function drawPng(scene: Scene): Buffer {
  const pixels = createPixels(scene.width * SCALE, scene.height * SCALE);
  for (const shape of scene.shapes) draw(pixels, shape);
  return encodePng(pixels);
}

const scaled = (points: readonly Point[]): Point[] => points.map(([x, y]) => [x * SCALE, y * SCALE]);

function draw(pixels: Pixels, shape: Shape): void {
  const color = colorOf(shape.color);
  if (shape.kind === 'line') return drawLine(pixels, scaled(shape.points), shape.width * SCALE, color);
  if (shape.kind === 'band') return drawBand(pixels, scaled(shape.upper), scaled(shape.lower), color);
  const { strokes, width } = strokesOf(shape.text, shape.size);
  const [x, y] = shape.at;
  const left = x - { start: 0, middle: width / 2, end: width }[shape.align];
  for (const stroke of strokes) {
    const points = stroke.map(([right, down]): Point => [left + right, y + down]);
    drawLine(pixels, scaled(points), 0.095 * shape.size * SCALE, color);
  }
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Pixels in the PNG format (ISO/IEC 15948): 8 bits a colour, each row as it is. */
export function encodePng({ width, height, rgb }: Pixels): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (3 * width + 1));
  for (let row = 0; row < height; row += 1) {
    rows.set(rgb.subarray(3 * width * row, 3 * width * (row + 1)), row * (3 * width + 1) + 1);
  }
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND')]);
}

function chunk(type: string, data = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}
