/** What a closed loop of callers took. */
export interface Load {
  /** From the first start to the last end. */
  readonly seconds: number;
  /** Of each piece of work, in order. */
  readonly milliseconds: readonly number[];
}

/** Does the work for every item, so many at a time: whoever has finished one takes the next. The first failure ends it all. */
export async function runLoad<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number) => Promise<unknown>,
): Promise<Load> {
  const milliseconds: number[] = [];
  const left = items.entries();
  const caller = async (): Promise<void> => {
    for (const [index, item] of left) {
      const start = performance.now();
      await work(item, index);
      milliseconds[index] = performance.now() - start;
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, caller));
  return { seconds: (performance.now() - start) / 1000, milliseconds };
}

/** Cuts items into so many runs of nearly the same length, in order; none is empty while there are enough. */
export function shared<T>(items: readonly T[], runs: number): T[][] {
  return Array.from({ length: runs }, (_, run) =>
    items.slice(Math.floor((run * items.length) / runs), Math.floor(((run + 1) * items.length) / runs)),
  );
}
