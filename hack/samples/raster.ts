/** A point on the page, in pixels; y grows downwards. */
export type Point = readonly [x: number, y: number];

/** Closed outlines; the inside is where the winding number is not zero. */
export type Outline = readonly Point[];

/** Steps that a curve of a glyph is split into; at text sizes more cannot be seen. */
const curveSteps = 5;

/** A quadratic or cubic Bézier curve as a row of points, without its first one. */
export function flatten(controls: readonly Point[]): Point[] {
  return Array.from({ length: curveSteps }, (_, step) => {
    const t = (step + 1) / curveSteps;
    let level = controls;
    while (level.length > 1) {
      level = level.slice(1).map(([x, y], i): Point => {
        const [fromX, fromY] = level[i] ?? [x, y];
        return [fromX + (x - fromX) * t, fromY + (y - fromY) * t];
      });
    }
    return level[0] ?? [0, 0];
  });
}

/**
 * Draws outlines with exact anti-aliasing by accumulating signed areas: each edge leaves in every row how much of a pixel lies to
 * its right, and one running sum per row turns that into coverage.
 */
export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly #area: Float32Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#area = new Float32Array(width * height + 2);
  }

  /** Adds the inside of an outline. */
  fill(outline: Outline): void {
    outline.forEach((from, i) => this.#edge(from, outline[(i + 1) % outline.length] ?? from));
  }

  /** Coverage of every pixel, 0 (paper) to 1 (ink), row by row. */
  coverage(): Float32Array {
    const result = new Float32Array(this.width * this.height);
    for (let y = 0; y < this.height; y += 1) {
      let sum = 0;
      for (let i = y * this.width; i < (y + 1) * this.width; i += 1) {
        sum += this.#area[i] ?? 0;
        result[i] = Math.min(1, Math.abs(sum));
      }
    }
    return result;
  }

  #edge(from: Point, to: Point): void {
    if (from[1] === to[1]) return;
    const direction = from[1] < to[1] ? 1 : -1;
    const [top, bottom] = direction === 1 ? [from, to] : [to, from];
    const slope = (bottom[0] - top[0]) / (bottom[1] - top[1]);
    const firstRow = Math.max(0, Math.floor(top[1]));
    const lastRow = Math.min(this.height, Math.ceil(bottom[1]));
    for (let row = firstRow; row < lastRow; row += 1) {
      const y0 = Math.max(row, top[1]);
      const y1 = Math.min(row + 1, bottom[1]);
      const x0 = top[0] + (y0 - top[1]) * slope;
      this.#span(row, direction * (y1 - y0), [x0, x0 + (y1 - y0) * slope]);
    }
  }

  /** One row's part of an edge, `height` tall, that runs between two x positions. */
  #span(row: number, height: number, [a, b]: Point): void {
    const left = Math.max(0, Math.min(a, b));
    const right = Math.max(left, Math.min(this.width - 2, Math.max(a, b)));
    const columns = Math.max(1, Math.ceil(right) - Math.floor(left));
    const share = height / columns;
    // Steep edges, almost all of a glyph's, fall into one column; flat ones are spread evenly over theirs.
    for (let i = 0; i < columns; i += 1) {
      const column = Math.floor(left) + i;
      const middle = (Math.max(left, column) + Math.min(right, column + 1)) / 2;
      const index = row * this.width + column;
      const covered = share * (column + 1 - middle);
      this.#area[index] = (this.#area[index] ?? 0) + covered;
      this.#area[index + 1] = (this.#area[index + 1] ?? 0) + share - covered;
    }
  }
}
