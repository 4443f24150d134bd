/** A whole number of at least one from the environment. Throws `LUNA_BENCH_USAGE`. */
export function count(name: string, fallback: number): number {
  const value = Number(process.env[name] ?? fallback);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`LUNA_BENCH_USAGE: ${name} must be a whole number of at least 1`);
  return value;
}
