/** 24 hourly means as a curve over the day: linear between the middles of the hours, round midnight too. */
export function dailyCurve(hourly: readonly number[], hour: number): number {
  const position = hour - 0.5;
  const index = Math.floor(position);
  const left = hourly[(index + 24) % 24] ?? 0;
  const right = hourly[(index + 25) % 24] ?? 0;
  return left + (right - left) * (position - index);
}

const DAYS_PER_MONTH = 365.25 / 12;

/** 12 monthly means as a curve over the year: linear between the middles of the months, round New Year too. */
export function yearlyCurve(monthly: readonly number[], dayOfYear: number): number {
  const position = dayOfYear / DAYS_PER_MONTH - 0.5;
  const index = Math.floor(position);
  const left = monthly[(index + 12) % 12] ?? 0;
  const right = monthly[(index + 13) % 12] ?? 0;
  return left + (right - left) * (position - index);
}
