/** Lets work run side by side, or alone: while something runs alone, nothing else does. In the order of asking. */
export interface Gate {
  run<T>(alone: boolean, work: () => Promise<T>): Promise<T>;
}

interface Waiting {
  alone: boolean;
  start: () => void;
}

/** A gate for one process. */
export function createGate(): Gate {
  const queue: Waiting[] = [];
  let running = 0;
  let solitary = false;

  const next = (): void => {
    for (let [first] = queue; first; [first] = queue) {
      if (solitary || (first.alone && running > 0)) return;
      queue.shift();
      running += 1;
      solitary = first.alone;
      first.start();
    }
  };
  return {
    run: async (alone, work) => {
      await new Promise<void>((start) => {
        queue.push({ alone, start });
        next();
      });
      try {
        return await work();
      } finally {
        running -= 1;
        solitary = false;
        next();
      }
    },
  };
}
