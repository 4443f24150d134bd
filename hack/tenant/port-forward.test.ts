import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { listeningPort, openForward } from './port-forward.ts';

const folder = mkdtempSync(join(tmpdir(), 'luna-forward-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program in kubectl's place: the forward's own life is the subject here, not the cluster's. */
function program(name: string, body: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return file;
}

const target = { namespace: 'luna-demo', resource: 'svc/tenant-api', port: 80 };
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('listeningPort', () => {
  it('reads the port that kubectl chose', () => {
    expect(listeningPort('Forwarding from 127.0.0.1:41233 -> 8080\n')).toBe(41233);
    expect(listeningPort('Forwarding from [::1]:41233 -> 8080\n')).toBeUndefined();
  });
});

describe('openForward', () => {
  it('passes the target on, waits until it listens, and leaves no process behind', async () => {
    const seen = join(folder, 'args');
    const body = `echo "$$ $*" > ${seen}; echo "Forwarding from 127.0.0.1:5555 -> 8080"; exec sleep 60`;
    const forward = await openForward({ ...target, program: program('good', body) });
    expect(forward.localPort).toBe(5555);
    const [pid = '', ...args] = readFileSync(seen, 'utf8').trim().split(' ');
    expect(args.join(' ')).toBe('-n luna-demo port-forward --address 127.0.0.1 svc/tenant-api :80');
    expect(alive(Number(pid))).toBe(true);
    await forward.close();
    expect(alive(Number(pid))).toBe(false);
  });

  it('fails with what kubectl said when it ends before it listens', async () => {
    const failing = program('failing', 'echo "error: services \\"tenant-api\\" not found" >&2; exit 1');
    await expect(openForward({ ...target, program: failing })).rejects.toThrow(/services "tenant-api" not found/);
  });

  it('gives up and ends kubectl when it never listens', async () => {
    const pidFile = join(folder, 'pid');
    const silent = program('silent', `echo $$ > ${pidFile}; exec sleep 60`);
    await expect(openForward({ ...target, program: silent, timeoutMs: 400 })).rejects.toMatchObject({
      code: 'LUNA_FORWARD_TIMEOUT',
    });
    expect(alive(Number(readFileSync(pidFile, 'utf8')))).toBe(false);
  });

  it('says that kubectl is missing', async () => {
    await expect(openForward({ ...target, program: join(folder, 'none') })).rejects.toMatchObject({
      code: 'LUNA_KUBECTL_MISSING',
    });
  });
});
