/** The merit order: scarcity and what the auction pays then, EUR/MWh, at the published level. Flat around zero, steep at both ends. */
const POINTS: readonly (readonly [number, number])[] = [
  [-25.8, -190],
  [-16.4, -100],
  [-0.8, -50],
  [14.5, -24.6],
  [25.8, -13.8],
  [36.6, -2.6],
  [46, -1.05],
  [51, 1.5],
  [58, 25],
  [82.8, 86.7],
  [107.6, 95.9],
  [128.8, 108],
  [146.2, 142.9],
  [155.8, 166.1],
  [167.1, 188.9],
  [173.1, 240.6],
  [177.9, 298],
  [186, 490],
  [194.5, 690],
];

/** The price at a scarcity: linear between the points, and beyond the last ones on the same lines. */
export function merit(scarcity: number): number {
  let index = 1;
  while (index < POINTS.length - 1 && scarcity > (POINTS[index]?.[0] ?? 0)) index += 1;
  const [x0, y0] = POINTS[index - 1] ?? [0, 0];
  const [x1, y1] = POINTS[index] ?? [1, 1];
  return y0 + ((y1 - y0) * (scarcity - x0)) / (x1 - x0);
}
