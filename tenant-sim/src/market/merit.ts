/** The merit order: scarcity and what the auction pays then, EUR/MWh, at the published level. Flat around zero, steep at both ends. */
const POINTS: readonly (readonly [number, number])[] = [
  [-200, -190],
  [0, 0],
  [150, 150],
  [200, 900],
];

/** The price at a scarcity: linear between the points, and beyond the last ones on the same lines. */
export function merit(scarcity: number): number {
  let index = 1;
  while (index < POINTS.length - 1 && scarcity > (POINTS[index]?.[0] ?? 0)) index += 1;
  const [x0, y0] = POINTS[index - 1] ?? [0, 0];
  const [x1, y1] = POINTS[index] ?? [1, 1];
  return y0 + ((y1 - y0) * (scarcity - x0)) / (x1 - x0);
}
