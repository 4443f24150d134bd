import type { Panel, Preview } from './panels.ts';
import { roundNumbers, scaleOf } from './scale.ts';

/** A point of the picture, in its units: x to the right, y down. */
export type Point = readonly [x: number, y: number];

/** What a picture is made of, whatever it is drawn with. */
export type Shape =
  | { readonly kind: 'line'; readonly points: readonly Point[]; readonly width: number; readonly color: string }
  /** The area between two lines over the same places. */
  | {
      readonly kind: 'band';
      readonly upper: readonly Point[];
      readonly lower: readonly Point[];
      readonly color: string;
    }
  | {
      readonly kind: 'text';
      readonly at: Point;
      readonly text: string;
      readonly size: number;
      readonly align: 'start' | 'middle' | 'end';
      readonly color: string;
    };

export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
}

const WIDTH = 1000;
const LEFT = 64;
const RIGHT = WIDTH - 20;
const TOP = 52;
const PANEL = 120;
const PITCH = PANEL + 54;
const INK = '#1f2937';
const PALE_INK = '#6b7280';
const GRID = '#e5e7eb';
const AXIS = '#9ca3af';
/** Line and area of each panel, in turns. */
const COLORS: readonly (readonly [line: string, area: string])[] = [
  ['#1d4ed8', '#dbeafe'],
  ['#15803d', '#dcfce7'],
  ['#7e22ce', '#f3e8ff'],
  ['#be185d', '#fce7f3'],
  ['#c2410c', '#ffedd5'],
];
const MINUS = '\u2212';

/** The curves of a preview, one below the other over the same time. */
export function sceneOf(preview: Preview): Scene {
  const panels = preview.panels.flatMap((panel, index) => panelShapes(panel, preview, index));
  return {
    width: WIDTH,
    height: TOP + preview.panels.length * PITCH + 4,
    shapes: [text([LEFT, 28], preview.title, { size: 18, color: INK }), ...panels],
  };
}

type Style = Partial<Pick<Extract<Shape, { kind: 'text' }>, 'size' | 'align' | 'color'>>;

function text(at: Point, words: string, { size = 12, align = 'start', color = PALE_INK }: Style = {}): Shape {
  return { kind: 'text', at, text: words, size, align, color };
}

function line(points: readonly Point[], color: string, width = 1): Shape {
  return { kind: 'line', points, color, width };
}

function panelShapes(panel: Panel, { ticks, fromMs, toMs }: Preview, index: number): Shape[] {
  const top = TOP + index * PITCH + 20;
  const bottom = top + PANEL;
  const scale = scaleOf(panel.lows, panel.highs);
  const [color, area] = COLORS[index % COLORS.length] ?? [INK, GRID];
  const y = (value: number): number => bottom - ((value - scale.low) / (scale.high - scale.low)) * PANEL;
  const x = (share: number): number => LEFT + share * (RIGHT - LEFT);
  const count = panel.values.length;
  const along = (values: Float64Array): Point[] =>
    Array.from(values, (value, place) => [x((place + 0.5) / count), y(value)]);
  const tickX = (atMs: number): number => x((atMs - fromMs) / (toMs - fromMs));
  const numbers = roundNumbers(scale, 5);
  const labelled = ticks.filter(({ atMs }) => tickX(atMs) < RIGHT - 24);
  return [
    text([LEFT, top - 8], `${panel.title}, ${panel.unit}`, { size: 13, color: INK }),
    text([RIGHT, top - 8], summary(panel), { align: 'end' }),
    // Of a value that stands for a whole day the day's range says more than the way down to zero.
    {
      kind: 'band',
      upper: along(panel.highs),
      lower: along(panel.isRange ? panel.lows : new Float64Array(count)),
      color: area,
    },
    ...ticks.map(({ atMs }) =>
      line(
        [
          [tickX(atMs), top],
          [tickX(atMs), bottom],
        ],
        GRID,
      ),
    ),
    ...numbers.map((value) =>
      line(
        [
          [LEFT, y(value)],
          [RIGHT, y(value)],
        ],
        value === 0 ? AXIS : GRID,
      ),
    ),
    ...numbers.map((value) => text([LEFT - 8, y(value) + 4], signed(value, stepDigits(numbers)), { align: 'end' })),
    line(along(panel.values), color, 1.5),
    ...labelled.map(({ atMs, label }) => text([tickX(atMs) + 2, bottom + 15], label)),
  ];
}

function summary({ values, lows, highs }: Panel): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const { low, high } = { low: Math.min(...lows), high: Math.max(...highs) };
  return `mean ${signed(mean)}   lowest ${signed(low)}   highest ${signed(high)}`;
}

function stepDigits(numbers: readonly number[]): number {
  const step = Math.abs((numbers[1] ?? 0) - (numbers[0] ?? 0));
  return step >= 1 || step === 0 ? 0 : Math.ceil(-Math.log10(step));
}

/** Three or so digits that count, and a real minus. */
function signed(value: number, digits = Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0): string {
  const rounded = Number(value.toFixed(digits));
  return `${rounded < 0 ? MINUS : ''}${Math.abs(rounded).toFixed(digits)}`;
}
