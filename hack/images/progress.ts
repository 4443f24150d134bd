/** Says what takes long while it does: one line when it starts, one every 15 s, one with the time it took. */
export type Progress = <T>(what: string, usualSeconds: number, work: () => Promise<T>) => Promise<T>;

export type ProgressDeps = { readonly write: (line: string) => void; readonly now: () => number };

const everyMs = 15_000;

export function createProgress({ write, now }: ProgressDeps): Progress {
  return async (what, usualSeconds, work) => {
    const started = now();
    const seconds = (): string => `${((now() - started) / 1000).toFixed(0)} s`;
    write(`${what} (usually ${usualSeconds} s) …`);
    const timer = setInterval(() => write(`${what}: ${seconds()} of usually ${usualSeconds} s …`), everyMs);
    try {
      const result = await work();
      write(`${what}: done in ${seconds()}`);
      return result;
    } finally {
      clearInterval(timer);
    }
  };
}

/** Progress on standard error, so that standard output stays for results. */
export const consoleProgress: Progress = createProgress({
  write: (line) => void process.stderr.write(`[images] ${line}\n`),
  now: () => performance.now(),
});
