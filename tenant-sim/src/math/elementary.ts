/**
 * exp, log, sin, cos out of the four basic operations only. The language fixes those to the last bit but leaves `Math.exp` and its
 * kin to the engine, and rows must be the same on every version of Node. Good to about 1e-15 in the ranges that are used here.
 */
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const LOG2_E = 1.4426950408889634;
const MAX_EXPONENT = 700;

/** 2^k for |k| <= 1000, by doubling and halving. */
const POWERS_OF_TWO = ((): Float64Array => {
  const powers = new Float64Array(2001).fill(1);
  for (let k = 1; k <= 1000; k += 1) {
    powers[1000 + k] = (powers[999 + k] ?? 1) * 2;
    powers[1000 - k] = (powers[1001 - k] ?? 1) / 2;
  }
  return powers;
})();

/** e^x; beyond ±700 the value there. */
export function exp(x: number): number {
  const bounded = x > MAX_EXPONENT ? MAX_EXPONENT : x < -MAX_EXPONENT ? -MAX_EXPONENT : x;
  const k = Math.round(bounded * LOG2_E);
  const r = bounded - k * LN2_HIGH - k * LN2_LOW;
  // Taylor to the 13th order; |r| <= ln2 / 2.
  let sum = 1 + r / 13;
  for (let n = 12; n >= 1; n -= 1) sum = 1 + (r * sum) / n;
  return sum * (POWERS_OF_TWO[1000 + k] ?? 1);
}

const bits = new DataView(new ArrayBuffer(8));

/** Natural logarithm of a positive, normal number. */
export function log(x: number): number {
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  let k = (high >>> 20) - 1023;
  bits.setUint32(0, (high & 0x000fffff) | 0x3ff00000);
  let m = bits.getFloat64(0);
  if (m > Math.SQRT2) {
    m /= 2;
    k += 1;
  }
  // log m = 2 artanh((m-1)/(m+1)); |s| <= 0.172, so thirteen terms are beyond the last bit.
  const s = (m - 1) / (m + 1);
  const s2 = s * s;
  let sum = 0;
  for (let n = 27; n >= 1; n -= 2) sum = sum * s2 + 1 / n;
  return k * LN2_HIGH + (k * LN2_LOW + 2 * s * sum);
}

/** x^y for positive x. */
export function power(x: number, y: number): number {
  return exp(y * log(x));
}

const HALF_PI_HIGH = 1.57079632673412561417;
const HALF_PI_LOW = 6.07710050650619224932e-11;
const TWO_BY_PI = 0.6366197723675814;

/** Sine of x in radians, |x| below some thousands. */
export function sin(x: number): number {
  const k = Math.round(x * TWO_BY_PI);
  return quadrant(x - k * HALF_PI_HIGH - k * HALF_PI_LOW, k & 3);
}

/** Cosine of x in radians, |x| below some thousands. */
export function cos(x: number): number {
  const k = Math.round(x * TWO_BY_PI);
  return quadrant(x - k * HALF_PI_HIGH - k * HALF_PI_LOW, (k + 1) & 3);
}

function quadrant(r: number, k: number): number {
  const value = (k & 1) === 0 ? sinSmall(r) : cosSmall(r);
  return k >= 2 ? -value : value;
}

/** |r| <= π/4. */
function sinSmall(r: number): number {
  const r2 = r * r;
  let sum = 1 - r2 / 272;
  for (let n = 14; n >= 2; n -= 2) sum = 1 - (r2 * sum) / (n * (n + 1));
  return r * sum;
}

function cosSmall(r: number): number {
  const r2 = r * r;
  let sum = 1 - r2 / 240;
  for (let n = 13; n >= 1; n -= 2) sum = 1 - (r2 * sum) / (n * (n + 1));
  return sum;
}

const NEAR_NUMERATOR = [2.50662823884, -18.61500062529, 41.39119773534, -25.44106049637];
const NEAR_DENOMINATOR = [-8.4735109309, 23.08336743743, -21.06224101826, 3.13082909833];
const FAR = [
  0.3374754822726147, 0.9761690190917186, 0.1607979714918209, 0.0276438810333863, 0.0038405729373609,
  0.0003951896511919, 0.0000321767881768, 0.0000002888167364, 0.0000003960315187,
];

/** The value below which a standard normal lies with this probability, to about 1e-8 (Beasley, Springer, Moro). */
export function normalQuantile(probability: number): number {
  const y = probability - 0.5;
  if (Math.abs(y) < 0.42) {
    const r = y * y;
    return (y * polynomial(NEAR_NUMERATOR, r)) / (1 + r * polynomial(NEAR_DENOMINATOR, r));
  }
  const tail = Math.max(1e-15, y > 0 ? 1 - probability : probability);
  const value = polynomial(FAR, log(-log(tail)));
  return y > 0 ? value : -value;
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}
