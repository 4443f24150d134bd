/**
 * Scarcity at the shares of `usual-scale.ts` in each quarter of a year, January to March first: the mean of 2025 under the seeds 6000 to 6059
 * of this simulator. It belongs to the weather and to the numbers in `day-ahead.ts`: whoever changes those makes it anew from many seeds, and
 * moves the points of `merit.ts` to the scarcities that are as rare as theirs were.
 */
export const USUAL_SCARCITY: readonly (readonly number[])[] = [
  [
    10.6, 21.4, 30.8, 38.2, 46.7, 51.8, 59.4, 66.4, 72, 80.5, 87, 97.4, 106.1, 114.1, 121.8, 129.8, 138.8, 144.3, 150.9,
    155.1, 160.4, 166.3, 170.6, 176.6, 181.7, 186.6, 194.5,
  ],
  [
    -25.8, -15.9, -6, 2.1, 11.7, 18.3, 27.8, 36.6, 43.1, 53.7, 62, 76.3, 88.6, 99.1, 108.4, 117.5, 127.4, 133.2, 140.3,
    144.6, 150, 155.8, 159.7, 165.4, 169.9, 175.4, 183.1,
  ],
  [
    -16.2, -7.7, 1.5, 9.5, 19.2, 26.3, 35.8, 44.6, 50.7, 60.4, 68.1, 81.3, 92.4, 102.1, 110.8, 119.6, 129.2, 134.8,
    141.9, 146.4, 151.9, 157.8, 161.7, 167.9, 172.9, 178.3, 187.6,
  ],
  [
    18.9, 27.6, 34.1, 40.2, 47.5, 52.5, 59.9, 66.6, 71.9, 80.3, 86.5, 96.6, 105.4, 113.2, 120.6, 128.5, 137.3, 142.6,
    149.2, 153.1, 158.2, 163.8, 167.9, 173.9, 178.7, 183.6, 191.3,
  ],
];
