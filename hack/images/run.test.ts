import { expect, it } from 'vitest';
import { run, succeeds } from './run.ts';

it('yields the output and feeds the input', async () => {
  expect(await run('cat', [], { input: 'Zähler' })).toBe('Zähler');
});

it('rejects with the end of what the command said', async () => {
  const failing = run('sh', ['-c', 'seq 100; echo "no space left" >&2; exit 3']);
  await expect(failing).rejects.toMatchObject({
    code: 'LUNA_COMMAND_FAILED',
    message: expect.stringMatching(/ended with 3:[^]*no space left$/) as unknown,
  });
  await expect(run('luna-no-such-command', [])).rejects.toMatchObject({ code: 'LUNA_TOOL_MISSING' });
});

it('kills a command that takes too long', async () => {
  expect(await succeeds('sleep', ['60'], { timeoutMs: 50 })).toBe(false);
});
