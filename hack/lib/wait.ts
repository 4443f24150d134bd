import { setTimeout as sleep } from 'node:timers/promises';
import { ToolError } from './errors.ts';

/** The failure of whatever did not happen in time. */
export const timedOut = (what: string, limitMs: number): ToolError =>
  new ToolError('LUNA_TIMEOUT', `${what} did not happen within ${Math.round(limitMs / 1000)} s`);

/** Asks again and again until the answer is yes, and throws `LUNA_TIMEOUT` with the reason when it never was. */
export const waitFor = async (what: string, ask: () => Promise<boolean>, limitMs: number): Promise<void> => {
  const end = performance.now() + limitMs;
  for (let pauseMs = 100; !(await ask()); pauseMs = Math.min(pauseMs * 1.5, 1_000)) {
    if (performance.now() > end) throw timedOut(what, limitMs);
    await sleep(pauseMs);
  }
};
