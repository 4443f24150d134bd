import { describe, expect, it } from 'vitest';
import { createModelGate, type Lane, type ModelGate } from './model-gate.ts';

/** Work that ends when told to, and a list of what has begun, in order. */
function bench(gate: ModelGate): {
  begun: string[];
  start: (lane: Lane, name: string, signal?: AbortSignal) => Promise<void>;
  end: (name: string) => Promise<void>;
} {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    begun,
    start: (lane, name, signal) =>
      gate.run(
        lane,
        () => {
          begun.push(name);
          return new Promise<void>((resolve) => ends.set(name, resolve));
        },
        signal,
      ),
    end: async (name) => {
      await settle();
      ends.get(name)?.();
      await settle();
    },
  };
}

describe('the gate before the model', () => {
  it('lets a question past the documents that wait', async () => {
    const { begun, start, end } = bench(createModelGate());
    void start('background', 'document 1');
    void start('background', 'document 2');
    void start('ask', 'question');
    await end('document 1');
    expect(begun).toEqual(['document 1', 'question']);
    await end('question');
    expect(begun).toEqual(['document 1', 'question', 'document 2']);
  });
  it('keeps documents waiting while questions are at the model, but not for ever', async () => {
    const { begun, start, end } = bench(createModelGate({ asks: 1, patience: 3 }));
    void start('ask', 'q0');
    void start('background', 'document');
    for (let n = 1; n <= 5; n += 1) void start('ask', `q${n}`);
    for (let n = 0; n <= 2; n += 1) await end(`q${n}`);
    expect(begun).toEqual(['q0', 'q1', 'q2', 'q3', 'document']);
  });
  it('takes as many at a time as it was told', async () => {
    const { begun, start, end } = bench(createModelGate({ asks: 2, background: 1 }));
    for (const name of ['a', 'b', 'c']) void start('ask', name);
    void start('background', 'd');
    await end('-');
    expect(begun).toEqual(['a', 'b']);
    await end('a');
    expect(begun).toEqual(['a', 'b', 'c']);
  });
  it('forgets who gives up waiting, and goes on after a failure', async () => {
    const gate = createModelGate({ asks: 1 });
    const { begun, start, end } = bench(gate);
    const gone = new AbortController();
    void start('ask', 'a');
    const waiting = start('ask', 'b', gone.signal);
    gone.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    await expect(gate.run('ask', () => Promise.resolve(1), AbortSignal.abort(new Error('late')))).rejects.toThrow(
      'late',
    );
    const failing = expect(gate.run('ask', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    void start('ask', 'c');
    await end('a');
    await failing;
    await end('-');
    expect(begun).toEqual(['a', 'c']);
  });
});
