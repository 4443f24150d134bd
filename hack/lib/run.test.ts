import { expect, it } from 'vitest';
import { attempt, run, succeeds } from './run.ts';

it('yields the output and feeds the input', async () => {
  expect(await run('cat', [], { input: 'Zähler' })).toBe('Zähler');
});

it('adds to the environment, and takes away from it', async () => {
  const print = ['-c', 'echo "$LUNA_ONE ${HOME-none} ${PATH:+kept}"'];
  expect(await run('sh', print, { env: { LUNA_ONE: '1', HOME: undefined } })).toBe('1 none kept\n');
});

it('rejects with the end of what the command said', async () => {
  const failing = run('sh', ['-c', 'seq 100; echo "no space left" >&2; exit 3']);
  await expect(failing).rejects.toMatchObject({
    code: 'LUNA_COMMAND_FAILED',
    message: expect.stringMatching(/ended with 3:[^]*no space left$/) as unknown,
  });
  await expect(run('luna-no-such-command', [])).rejects.toMatchObject({ code: 'LUNA_TOOL_MISSING' });
});

it('gives an answer that may be no', async () => {
  const asked = await attempt('sh', ['-c', 'echo out; echo err >&2; exit 3']);
  expect(asked).toMatchObject({ code: 3, stdout: 'out\n', stderr: 'err\n' });
  expect(await attempt('luna-no-such-command', [])).toMatchObject({
    code: null,
    stderr: expect.stringContaining('ENOENT') as unknown,
  });
});

it('kills a command that takes too long, and says so', async () => {
  expect(await succeeds('sleep', ['60'], { timeoutMs: 50 })).toBe(false);
  await expect(run('sleep', ['60'], { timeoutMs: 50 })).rejects.toThrow(/sleep 60 did not finish within 0.05 s$/);
});
