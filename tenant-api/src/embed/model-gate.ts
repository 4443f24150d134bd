import type { Ollama } from './ollama.ts';

/** Who waits for the model: somebody who has asked, or a document on its way into the index. */
export type Lane = 'ask' | 'background';

/** Lets questions to the model before documents. */
export interface ModelGate {
  /** Runs the work when its lane's turn has come. Rejects without running it when the signal is aborted while it waits. */
  run<T>(lane: Lane, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

export interface ModelGateOptions {
  /** Requests of questions at the model at a time; the rest would only wait inside the server. */
  asks?: number;
  /** Requests of documents at a time: one keeps the model busy, and a question waits behind no more than that. */
  background?: number;
  /** After so many questions were let past it, a waiting document has its turn, so that ingest never stands still. */
  patience?: number;
}

interface Waiting {
  start: () => void;
}

/** A gate that nobody waits at. */
export function createModelGate(options: ModelGateOptions = {}): ModelGate {
  const most: Record<Lane, number> = { ask: options.asks ?? 8, background: options.background ?? 1 };
  const patience = options.patience ?? 32;
  const running: Record<Lane, number> = { ask: 0, background: 0 };
  const waiting: Record<Lane, Waiting[]> = { ask: [], background: [] };
  let passedOver = 0;

  const mayStart = (lane: Lane): boolean => {
    if (waiting[lane].length === 0 || running[lane] >= most[lane]) return false;
    return lane === 'ask' || (running.ask === 0 && waiting.ask.length === 0) || passedOver >= patience;
  };

  const startNext = (lane: Lane): void => {
    const next = waiting[lane].shift();
    if (lane === 'background') passedOver = 0;
    else if (waiting.background.length > 0) passedOver += 1;
    running[lane] += 1;
    next?.start();
  };

  const turn = (): void => {
    while (mayStart('ask')) startNext('ask');
    while (mayStart('background')) startNext('background');
  };

  const enter = (lane: Lane, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const leave = (): void => {
        waiting[lane] = waiting[lane].filter((other) => other !== one);
        reject(signal?.reason as Error);
        turn();
      };
      const one: Waiting = {
        start: () => {
          signal?.removeEventListener('abort', leave);
          resolve();
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      waiting[lane].push(one);
      turn();
    });

  return {
    run: async (lane, work, signal) => {
      await enter(lane, signal);
      try {
        return await work();
      } finally {
        running[lane] -= 1;
        turn();
      }
    },
  };
}

/** The same server, with a gate before its embedding model. */
export function withGate(ollama: Ollama, gate: ModelGate): Ollama {
  return {
    ...ollama,
    embed: (model, inputs, signal, lane = 'background') =>
      gate.run(lane, () => ollama.embed(model, inputs, signal), signal),
  };
}
