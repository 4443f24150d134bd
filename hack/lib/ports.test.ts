import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claimPort } from './ports.ts';

const many = 400;
const module = join(import.meta.dirname, 'ports.ts');

async function claimMany(): Promise<number[]> {
  const ports = [];
  for (let n = 0; n < many; n += 1) ports.push(await claimPort());
  return ports;
}

describe('claimPort', () => {
  it('never gives a port twice, to this process or to another beside it', async () => {
    const script = `
      import { claimPort } from '${module}';
      const ports = [];
      for (let n = 0; n < ${many}; n += 1) ports.push(await claimPort());
      console.log(JSON.stringify(ports));
      process.stdin.resume();`;
    const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ours = await claimMany();
    const [line] = (await once(other.stdout, 'data')) as [Buffer];
    const theirs = JSON.parse(line.toString()) as number[];
    const later = await claimMany();
    other.kill();
    await once(other, 'exit');
    expect(new Set([...ours, ...theirs, ...later]).size).toBe(3 * many);
  });

  it('gives one that a server can listen on, out of reach of outgoing connections and node ports', async () => {
    const port = await claimPort();
    expect(port).toBeLessThan(30_000);
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  });
});
