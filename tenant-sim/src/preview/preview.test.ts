import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { parseSimConfig } from '../sim-config.ts';
import { createPixels, drawBand, drawLine } from './canvas.ts';
import { strokesOf } from './glyphs.ts';
import { previewOf, type Preview } from './panels.ts';
import { drawPng, encodePng } from './png.ts';
import { roundNumbers } from './scale.ts';
import { sceneOf } from './scene.ts';
import { drawSvg } from './svg.ts';
import { drawText } from './text.ts';

const GOLDEN = [
  'a <day>',
  '',
  'power, kW',
  '    3.00    █',
  '           ▄█',
  '           ██',
  '          ███',
  '         ▄███',
  '   -1.00 ████',
  '',
];

const VALUES = Float64Array.from([0, 1, 2, 3, -1]);
const SMALL: Preview = {
  title: 'a <day>',
  fromMs: 0,
  toMs: 10,
  ticks: [{ atMs: 5, label: 'noon' }],
  panels: [{ title: 'power', unit: 'kW', values: VALUES, lows: VALUES, highs: VALUES, isRange: false }],
};

test('a small picture as text', () => {
  expect(drawText(SMALL, 15).split('\n')).toEqual(GOLDEN);
});

test('the same as SVG: what is written, the axis of zero, and the curve within its panel', () => {
  const svg = drawSvg(sceneOf(SMALL));
  expect(svg.match(/(?<=preserve">)[^<]+/g)).toEqual([
    ...['a &lt;day>', 'power, kW', 'mean 1.00   lowest \u22121.00   highest 3.00'],
    ...['\u22121', '0', '1', '2', '3', 'noon'],
  ]);
  expect(svg).toContain('<polyline points="64.0,162.0 980.0,162.0" fill="none" stroke="#9ca3af"');
  expect(svg).toContain(
    'points="155.6,162.0 338.8,132.0 522.0,102.0 705.2,72.0 888.4,192.0" fill="none" stroke="#1d4ed8"',
  );
});

interface Decoded {
  readonly width: number;
  readonly height: number;
  /** The pixel's three bytes. */
  readonly at: (x: number, y: number) => number[];
}

function decoded(png: Buffer): Decoded {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const bytes = inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)));
  expect(bytes).toHaveLength(height * (3 * width + 1));
  return { width, height, at: (x, y) => [...bytes.subarray(y * (3 * width + 1) + 1 + 3 * x).subarray(0, 3)] };
}

test('the same as PNG, two pixels for each unit', () => {
  const scene = sceneOf(SMALL);
  const { width, height, at } = decoded(drawPng(scene));
  expect([width, height]).toEqual([2 * scene.width, 2 * scene.height]);
  expect(at(3, 3)).toEqual([255, 255, 255]);
  // On the curve's middle value, and in the area below it.
  expect(at(1044, 204)).toEqual([0x1d, 0x4e, 0xd8]);
  expect(at(1050, 300)).toEqual([0xdb, 0xea, 0xfe]);
});

test('a picture of one pixel, byte by byte', () => {
  const png = encodePng({ width: 1, height: 1, rgb: Uint8Array.of(1, 2, 3) });
  expect(png.subarray(0, 33).toString('hex')).toBe(
    '89504e470d0a1a0a0000000d494844520000000100000001080200000090' + '7753de',
  );
  expect(png.subarray(-12).toString('hex')).toBe('0000000049454e44ae426082');
  expect(decoded(png).at(0, 0)).toEqual([1, 2, 3]);
});

test('lines and areas cover pixels by the share that lies in them', () => {
  const pixels = createPixels(6, 4);
  const red = (x: number, y: number): number => pixels.rgb[3 * (6 * y + x)] ?? Number.NaN;
  drawLine(pixels, [[1, 1.5], [5, 1.5]], 1, [0, 0, 0]); // prettier-ignore
  expect([red(3, 0), red(3, 1), red(3, 2)]).toEqual([255, 0, 255]);
  drawBand(pixels, [[0, 2.5], [6, 2.5]], [[0, 4], [6, 4]], [5, 5, 5]); // prettier-ignore
  expect([red(2, 1), red(2, 2), red(2, 3)]).toEqual([0, 130, 5]);
});

test('every letter and digit has strokes of its own, and what has none is a box', () => {
  const all = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNPQRSTUVWXYZ0123456789.,:-/_°\u2212';
  const shapes = new Set(Array.from(all, (letter) => JSON.stringify(strokesOf(letter, 10).strokes)));
  expect(shapes.size).toBe(all.length);
  expect(strokesOf('é', 10)).toEqual(strokesOf('ß', 10));
  expect(strokesOf('', 10)).toEqual({ strokes: [], width: 0 });
});

test.each([
  [{ low: 0, high: 7.98 }, [0, 2, 4, 6]],
  [{ low: -192, high: 649 }, [0, 200, 400, 600]],
  [{ low: -0.3, high: 0.21 }, [-0.2, 0, 0.2]],
])('round numbers within %j', (scale, expected) => {
  expect(roundNumbers(scale, 5).map((value) => Math.round(value * 1e9) / 1e9 + 0)).toEqual(expected);
});

test('the same preview every time; days of 23 and 25 hours have their quarters', () => {
  const config = parseSimConfig('');
  const draw = (): string => drawText(previewOf(config, 'day', Date.parse('2025-06-02T12:00:00Z')), 60);
  expect(draw()).toBe(draw());
  const quarters = (day: string): number | undefined =>
    previewOf(config, 'day', Date.parse(`${day}T12:00:00Z`)).panels[0]?.values.length;
  expect([quarters('2026-03-29'), quarters('2026-10-25')]).toEqual([92, 100]);
});
