type Observe = (part: string, seconds: number) => void;

/** Where the time of one question went, for whoever asked it. */
export interface Timing {
  /** Keeps the time and passes it on. */
  readonly observe: Observe;
  /** The value of `Server-Timing`: each part with its milliseconds, in the order in which they ended. */
  header(): string;
}

/** Begins with no parts. */
export function createTiming(passOn: Observe): Timing {
  const ended: string[] = [];
  return {
    observe: (part, seconds) => {
      passOn(part, seconds);
      ended.push(`${part};dur=${(seconds * 1000).toFixed(2)}`);
    },
    header: () => ended.join(', '),
  };
}
