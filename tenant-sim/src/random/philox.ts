/**
 * Philox 4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", 2011): four random words for any
 * key and counter, without state. That is what makes a row a function of its place in time and nothing else.
 */
const M0 = 0xd2511f53 | 0;
const M1 = 0xcd9e8d57 | 0;
const M0_HIGH = 0xd251;
const M0_LOW = 0x1f53;
const M1_HIGH = 0xcd9e;
const M1_LOW = 0x8d57;
const W0 = 0x9e3779b9 | 0;
const W1 = 0xbb67ae85 | 0;
const ROUNDS = 10;

/** Upper 32 bits of the 64-bit product of an unsigned word with one that is given by its halves, as a signed word. */
function mulHigh(high: number, low: number, b: number): number {
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  // Neither sum exceeds 2^32 - 1: (2^16-1)^2 + 2^16-1 is below it.
  const middle = (Math.imul(high, bLow) + (Math.imul(low, bLow) >>> 16)) | 0;
  const carry = ((middle & 0xffff) + Math.imul(low, bHigh)) | 0;
  return (Math.imul(high, bHigh) + (middle >>> 16) + (carry >>> 16)) | 0;
}

/** Replaces the four counter words from `at` on in `words` by random ones. */
export function philox(words: Uint32Array, key0: number, key1: number, at = 0): void {
  let x0 = (words[at] ?? 0) | 0;
  let x1 = (words[at + 1] ?? 0) | 0;
  let x2 = (words[at + 2] ?? 0) | 0;
  let x3 = (words[at + 3] ?? 0) | 0;
  let k0 = key0 | 0;
  let k1 = key1 | 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const high0 = mulHigh(M0_HIGH, M0_LOW, x0);
    const low0 = Math.imul(M0, x0);
    const high1 = mulHigh(M1_HIGH, M1_LOW, x2);
    const low1 = Math.imul(M1, x2);
    x0 = high1 ^ x1 ^ k0;
    x1 = low1;
    x2 = high0 ^ x3 ^ k1;
    x3 = low0;
    k0 = (k0 + W0) | 0;
    k1 = (k1 + W1) | 0;
  }
  words[at] = x0;
  words[at + 1] = x1;
  words[at + 2] = x2;
  words[at + 3] = x3;
}
