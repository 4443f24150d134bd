/** The merit order: scarcity and what the auction pays then, EUR/MWh, at the published level. Flat around zero, steep at both ends. */
const POINTS: readonly (readonly [number, number])[] = [
  [-55.2, -190],
  [-26.9, -100],
  [-8, -50],
  [8.5, -22.7],
  [20.6, -15.5],
  [31, -2.3],
  [40.4, -0.6],
  [45.9, 1.5],
  [54.6, 19.1],
  [80.2, 88.9],
  [104.8, 96.9],
  [126.7, 108.9],
  [145, 136.9],
  [155.2, 163.3],
  [165.9, 198.6],
  [171.9, 234.2],
  [177.2, 280.2],
  [186.6, 495.8],
  [202.9, 649],
];

/** The price at a scarcity: linear between the points, and beyond the last ones on the same lines. */
export function merit(scarcity: number): number {
  let index = 1;
  while (index < POINTS.length - 1 && scarcity > (POINTS[index]?.[0] ?? 0)) index += 1;
  const [x0, y0] = POINTS[index - 1] ?? [0, 0];
  const [x1, y1] = POINTS[index] ?? [1, 1];
  return y0 + ((y1 - y0) * (scarcity - x0)) / (x1 - x0);
}
