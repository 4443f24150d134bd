import type { Point, Scene, Shape } from './scene.ts';

/** A scene as an SVG picture. */
export function drawSvg({ width, height, shapes }: Scene): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...shapes.map(element),
    '</svg>',
    '',
  ].join('\n');
}

const pairs = (points: readonly Point[]): string => points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');

function element(shape: Shape): string {
  switch (shape.kind) {
    case 'line':
      return `<polyline points="${pairs(shape.points)}" fill="none" stroke="${shape.color}" stroke-width="${shape.width}" stroke-linejoin="round"/>`;
    case 'band':
      return `<polygon points="${pairs([...shape.upper, ...[...shape.lower].reverse()])}" fill="${shape.color}"/>`;
    case 'text': {
      const [x, y] = shape.at;
      return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${shape.size}" text-anchor="${shape.align}" fill="${shape.color}" xml:space="preserve">${escaped(shape.text)}</text>`;
    }
  }
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
