import type { Point } from './scene.ts';

/**
 * Letters as strokes, so that a picture needs no font: each stroke is a row of points, two digits each, to the right from 0 and up from 0;
 * the base line lies at 2, small letters reach to 6, capitals to 8.
 */
const STROKES: Readonly<Record<string, string>> = {
  a: '46 42,45 36 16 05 03 12 32 43',
  b: '08 02,05 16 36 45 43 32 12 03',
  c: '45 36 16 05 03 12 32 43',
  d: '48 42,45 36 16 05 03 12 32 43',
  e: '04 44 45 36 16 05 03 12 32 43',
  f: '38 28 17 12,06 36',
  g: '46 41 30 10 01,45 36 16 05 03 12 32 43',
  h: '08 02,05 16 36 45 42',
  i: '06 02,08',
  j: '16 11 00,18',
  k: '08 02,46 04,25 42',
  l: '08 03 12',
  m: '06 02,05 16 26 35 32,35 46 56 65 62',
  n: '06 02,05 16 36 45 42',
  o: '16 05 03 12 32 43 45 36 16',
  p: '06 00,05 16 36 45 43 32 12 03',
  q: '46 40,45 36 16 05 03 12 32 43',
  r: '06 02,04 16 36',
  s: '45 36 16 05 14 34 43 32 12 03',
  t: '18 13 22 32,06 36',
  u: '06 03 12 32 43,46 42',
  v: '06 22 46',
  w: '06 12 35 52 66',
  x: '06 42,46 02',
  y: '06 22,46 10',
  z: '06 46 02 42',
  A: '02 28 42,14 34',
  B: '02 08 38 47 46 35 05,35 44 43 32 02',
  C: '47 38 18 07 03 12 32 43',
  D: '02 08 28 47 43 22 02',
  E: '48 08 02 42,05 35',
  F: '48 08 02,05 35',
  G: '47 38 18 07 03 12 32 43 45 25',
  H: '08 02,48 42,05 45',
  I: '08 02',
  J: '38 33 22 12 03',
  K: '08 02,48 04,15 42',
  L: '08 02 42',
  M: '02 08 34 68 62',
  N: '02 08 42 48',
  O: '18 07 03 12 32 43 47 38 18',
  P: '02 08 38 47 46 35 05',
  Q: '18 07 03 12 32 43 47 38 18,24 42',
  R: '02 08 38 47 46 35 05,25 42',
  S: '47 38 18 07 06 15 35 44 43 32 12 03',
  T: '08 48,28 22',
  U: '08 03 12 32 43 48',
  V: '08 22 48',
  W: '08 12 36 52 68',
  X: '08 42,48 02',
  Y: '08 25 48,25 22',
  Z: '08 48 02 42',
  0: '18 07 03 12 32 43 47 38 18',
  1: '06 28 22',
  2: '07 18 38 47 46 02 42',
  3: '07 18 38 47 46 35 15,35 44 43 32 12 03',
  4: '32 38 04 44',
  5: '48 08 05 35 44 43 32 12 03',
  6: '47 38 18 07 03 12 32 43 44 35 15 04',
  7: '08 48 12',
  8: '15 06 07 18 38 47 46 35 15 04 03 12 32 43 44 35',
  9: '03 12 32 43 47 38 18 07 06 15 35 46',
  '.': '02',
  ',': '12 01',
  ':': '02,05',
  '-': '05 25',
  '\u2212': '05 45',
  '/': '02 48',
  _: '01 41',
  '°': '18 07 16 27 18',
};
/** For what has no strokes: an empty box. */
const BOX = '02 08 48 42 02';

const GAP = 1.8;
const SPACE = 2.2;
/** Of the height: letters are narrower than the digits say. */
const SLIM = 0.82;
/** From the base line to the top of a capital there are six steps, which are 0.72 of a font's size. */
const STEP = 0.12;

/** A line of text as strokes that begin at the left end of the base line, and how long it is. */
export function strokesOf(words: string, size: number): { strokes: Point[][]; width: number } {
  const strokes: Point[][] = [];
  let x = 0;
  for (const letter of words) {
    const code = letter === ' ' ? '' : (STROKES[letter] ?? BOX);
    let widest = letter === ' ' ? SPACE : 0;
    for (const stroke of code.split(',').filter((part) => part !== '')) {
      const points = stroke.split(' ').map((pair): readonly [number, number] => [Number(pair[0]), Number(pair[1])]);
      widest = Math.max(widest, ...points.map(([right]) => right));
      strokes.push(points.map(([right, up]) => [(x + right * SLIM) * STEP * size, (2 - up) * STEP * size]));
    }
    x += widest * SLIM + GAP;
  }
  return { strokes, width: Math.max(0, x - GAP) * STEP * size };
}
