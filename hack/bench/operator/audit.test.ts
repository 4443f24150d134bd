import { mkdtempSync, rmSync, appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createAuditTail, isWrite, type Audited } from './audit.ts';

const line = (verb: string, name: string): string =>
  `${JSON.stringify({ verb, userAgent: 'somebody', stageTimestamp: '2026-01-02T03:04:05.678901Z', responseStatus: { code: 201 }, objectRef: { resource: 'secrets', namespace: 'luna-a', name } })}\n`;

it('gives each line once, also one that is being written', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'luna-bench-audit-'));
  const path = join(dir, 'audit.log');
  const seen: Audited[] = [];
  const tail = createAuditTail(path, (event) => seen.push(event));
  const second = line('get', 'two');
  appendFileSync(path, line('patch', 'one') + second.slice(0, 20));
  await tail.read();
  expect(seen.map(({ name }) => name)).toEqual(['one']);
  appendFileSync(path, second.slice(20));
  await tail.read();
  await tail.read();
  expect(seen.map(({ name }) => name)).toEqual(['one', 'two']);
  expect(seen.map(isWrite)).toEqual([true, false]);
  expect(seen[0]).toMatchObject({ at: Date.parse('2026-01-02T03:04:05.678Z'), code: 201, namespace: 'luna-a' });
  rmSync(dir, { recursive: true });
});
