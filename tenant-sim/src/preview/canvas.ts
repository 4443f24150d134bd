import type { Point } from './scene.ts';

/** Three bytes a pixel: red, green, blue; row by row from the top. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

export type Color = readonly [red: number, green: number, blue: number];

/** A white picture. */
export function createPixels(width: number, height: number): Pixels {
  return { width, height, rgb: new Uint8Array(3 * width * height).fill(255) };
}

/** `#rrggbb`. */
export function colorOf(code: string): Color {
  const value = Number.parseInt(code.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** Lays a colour over the part of a pixel that it covers, 0 to 1. */
function cover({ width, height, rgb }: Pixels, at: Point, share: number, color: Color): void {
  const [x, y] = at;
  if (share <= 0 || x < 0 || y < 0 || x >= width || y >= height) return;
  const place = 3 * (y * width + x);
  for (let part = 0; part < 3; part += 1) {
    const under = rgb[place + part] ?? 255;
    rgb[place + part] = Math.round(under + Math.min(1, share) * ((color[part] ?? 0) - under));
  }
}

/** A line through these points with round ends and joins, smooth at its edges; a single point makes a dot. */
export function drawLine(pixels: Pixels, points: readonly Point[], width: number, color: Color): void {
  const covered = new Map<number, number>();
  const half = width / 2;
  points.forEach((point, index) => {
    const [ax, ay] = points[index - 1] ?? point;
    const [bx, by] = point;
    const [left, right] = [Math.floor(Math.min(ax, bx) - half - 1), Math.ceil(Math.max(ax, bx) + half + 1)];
    const [top, bottom] = [Math.floor(Math.min(ay, by) - half - 1), Math.ceil(Math.max(ay, by) + half + 1)];
    for (let y = Math.max(0, top); y <= bottom; y += 1) {
      for (let x = Math.max(0, left); x <= Math.min(right, pixels.width - 1); x += 1) {
        const share = half + 0.5 - distance([x + 0.5, y + 0.5], [ax, ay], [bx, by]);
        const place = y * pixels.width + x;
        if (share > (covered.get(place) ?? 0)) covered.set(place, share);
      }
    }
  });
  // Each pixel once, however many parts of the line meet in it.
  for (const [place, share] of covered) {
    cover(pixels, [place % pixels.width, Math.floor(place / pixels.width)], share, color);
  }
}

/** From a point to the nearest one of the stretch between two others. */
function distance([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const long = dx * dx + dy * dy;
  const share = long === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / long));
  return Math.hypot(x - ax - share * dx, y - ay - share * dy);
}

/** The area between two lines that have their points over the same places, from left to right. */
export function drawBand(pixels: Pixels, upper: readonly Point[], lower: readonly Point[], color: Color): void {
  upper.forEach(([to], place) => {
    const [from] = upper[place - 1] ?? [to];
    // Columns of pixels whose middle lies between this place and the one before.
    for (let x = Math.ceil(from - 0.5); x + 0.5 < to; x += 1) {
      const ends = [heightAt(upper, place, x + 0.5), heightAt(lower, place, x + 0.5)];
      fillColumn(pixels, x, { top: Math.min(...ends), bottom: Math.max(...ends) }, color);
    }
  });
}

function fillColumn(
  pixels: Pixels,
  x: number,
  span: { readonly top: number; readonly bottom: number },
  color: Color,
): void {
  for (let y = Math.floor(span.top); y < span.bottom; y += 1) {
    cover(pixels, [x, y], Math.min(y + 1, span.bottom) - Math.max(y, span.top), color);
  }
}

/** Where the line is over `x`, between its points `place` - 1 and `place`. */
function heightAt(points: readonly Point[], place: number, x: number): number {
  const [bx, by] = points[place] ?? [x, 0];
  const [ax, ay] = points[place - 1] ?? [bx, by];
  return bx === ax ? by : ay + ((x - ax) / (bx - ax)) * (by - ay);
}
