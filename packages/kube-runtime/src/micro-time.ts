/** RFC 3339 with six-digit fractions, as Lease and Event times must have: the API server refuses the three digits of Date. */
export function microTime(ms: number): string {
  const whole = Math.floor(ms);
  const micros = Math.floor((ms - whole) * 1000);
  return new Date(whole).toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`);
}
