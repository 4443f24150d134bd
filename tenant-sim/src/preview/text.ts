import type { Preview } from './panels.ts';
import { scaleOf, type Scale } from './scale.ts';

const BARS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ROWS = 6;

const label = (value: number): string => value.toFixed(Math.abs(value) < 10 ? 2 : 0);

/** The curves as lines of text, `columns` wide. */
export function drawText(preview: Preview, columns: number): string {
  const lines = [preview.title, ''];
  for (const panel of preview.panels) {
    const scale = scaleOf(panel.values);
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
