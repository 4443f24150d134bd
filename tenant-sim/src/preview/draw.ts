import type { Panel, Preview } from './panels.ts';

const BARS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ROWS = 6;

interface Scale {
  readonly low: number;
  readonly high: number;
}

/** From zero, or from the lowest value where there are negative ones. */
function scaleOf({ values }: Panel): Scale {
  let low = 0;
  let high = 1e-9;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { low, high };
}

const label = (value: number): string => value.toFixed(Math.abs(value) < 10 ? 2 : 0);

/** The curves as lines of text, `columns` wide. */
export function drawText(preview: Preview, columns: number): string {
  const lines = [preview.title, ''];
  for (const panel of preview.panels) {
    const scale = scaleOf(panel);
    const values = squeezed(panel.values, Math.max(10, columns - 10));
    lines.push(`${panel.title}, ${panel.unit}`);
    for (let row = ROWS - 1; row >= 0; row -= 1) {
      const edge = row === ROWS - 1 ? label(scale.high) : row === 0 ? label(scale.low) : '';
      lines.push(`${edge.padStart(8)} ${values.map((value) => barAt(value, row, scale)).join('')}`.trimEnd());
    }
    lines.push('');
  }
  return lines.join('\n');
}

function barAt(value: number, row: number, { low, high }: Scale): string {
  const height = ((value - low) / (high - low)) * ROWS - row;
  return BARS[Math.max(0, Math.min(8, Math.round(height * 8)))] ?? ' ';
}

/** Means of neighbours, so that there are at most `width` values. */
function squeezed(values: Float64Array, width: number): number[] {
  const count = Math.min(width, values.length);
  return Array.from({ length: count }, (_, index) => {
    const part = values.subarray(
      Math.floor((index * values.length) / count),
      Math.floor(((index + 1) * values.length) / count),
    );
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

const WIDTH = 960;
const HEIGHT = 130;
const LEFT = 64;

/** The curves as an SVG picture. */
export function drawSvg(preview: Preview): string {
  const height = 40 + preview.panels.length * (HEIGHT + 36);
  const parts = preview.panels.map((panel, index) => svgPanel(panel, 50 + index * (HEIGHT + 36)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13">`,
    `<rect width="${WIDTH}" height="${height}" fill="white"/>`,
    `<text x="16" y="24" font-size="16">${escaped(preview.title)}</text>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function svgPanel(panel: Panel, top: number): string {
  const { low, high } = scaleOf(panel);
  const y = (value: number): string => (top + HEIGHT - ((value - low) / (high - low)) * HEIGHT).toFixed(1);
  const x = (index: number): string =>
    (LEFT + (index / Math.max(1, panel.values.length - 1)) * (WIDTH - LEFT - 16)).toFixed(1);
  const points = [...panel.values].map((value, index) => `${x(index)},${y(value)}`).join(' ');
  return [
    `<text x="${LEFT}" y="${top - 6}">${escaped(`${panel.title}, ${panel.unit}`)}</text>`,
    `<line x1="${LEFT}" x2="${WIDTH - 16}" y1="${y(0)}" y2="${y(0)}" stroke="#999"/>`,
    `<text x="${LEFT - 6}" y="${y(high)}" text-anchor="end" dominant-baseline="hanging">${label(high)}</text>`,
    `<text x="${LEFT - 6}" y="${y(low)}" text-anchor="end">${label(low)}</text>`,
    `<polyline points="${points}" fill="none" stroke="#0a5" stroke-width="1.2"/>`,
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
