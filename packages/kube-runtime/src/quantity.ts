const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const form = /^([+-]?(?:\d+\.?\d*|\.\d+))([eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?$/;

/** The number a Kubernetes quantity (`500m`, `1Gi`, `1e3`) stands for; undefined when it is none. */
export function parseQuantity(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const match = typeof value === 'string' ? form.exec(value) : null;
  if (!match) return undefined;
  const [, digits = '', suffix = ''] = match;
  const factor = suffixes[suffix] ?? Number(`1${suffix}`);
  return Number(digits) * factor;
}

/** Whether both are quantities of the same size, e.g. `1000m` and `1`: the API server rewrites them. */
export function sameQuantity(a: unknown, b: unknown): boolean {
  const [one, other] = [parseQuantity(a), parseQuantity(b)];
  if (one === undefined || other === undefined) return false;
  return Math.abs(one - other) <= Math.abs(one) * 1e-12;
}
