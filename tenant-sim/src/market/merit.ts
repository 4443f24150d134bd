/** The merit order: scarcity and what the auction pays then, EUR/MWh, at the published level. Flat around zero, steep at both ends. */
const POINTS: readonly (readonly [number, number])[] = [
  [-50.5, -190],
  [-41.5, -100],
  [-21.4, -50],
  [-0.6, -24.6],
  [13.8, -13.8],
  [27, -3],
  [38, -1.1],
  [44.1, 1.5],
  [53.5, 25],
  [81, 86.7],
  [107.3, 95.9],
  [130.1, 108],
  [149, 142.9],
  [159.9, 166.1],
  [171.6, 188.9],
  [178.8, 240.6],
  [184.5, 289.4],
  [194.8, 461.9],
  [201, 641.5],
];

/** The price at a scarcity: linear between the points, and beyond the last ones on the same lines. */
export function merit(scarcity: number): number {
  let index = 1;
  while (index < POINTS.length - 1 && scarcity > (POINTS[index]?.[0] ?? 0)) index += 1;
  const [x0, y0] = POINTS[index - 1] ?? [0, 0];
  const [x1, y1] = POINTS[index] ?? [1, 1];
  return y0 + ((y1 - y0) * (scarcity - x0)) / (x1 - x0);
}
