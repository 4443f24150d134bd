import { afterAll, describe, expect, it } from 'vitest';
import { tenantCommand } from './support/commands.ts';
import { eventually, get, kubectl, type Live } from './support/kubectl.ts';
import { patchSpec, ready } from './support/tenants.ts';

const pause = (paused: boolean): string => patchSpec('demo', { paused });

describe('make testping', () => {
  afterAll(async () => {
    pause(false);
    await ready('demo');
  });

  it('shows every part with its latency while all is well', () => {
    const outcome = tenantCommand('demo', ['testping']);
    expect(outcome.code, outcome.output).toBe(0);
    for (const part of ['database', 'qdrant', 'tika', 'ollama']) {
      expect(outcome.output).toMatch(new RegExp(`${part}.*ok.*\\d`, 'i'));
    }
  });

  it('fails and names Qdrant while Qdrant is scaled to zero, and the operator scales it back once it may', async () => {
    pause(true);
    kubectl(['scale', 'statefulset', 'qdrant', '-n', 'luna-demo', '--replicas=0']);
    const outcome = await eventually('testping to fail', 120_000, () => {
      const tried = tenantCommand('demo', ['testping']);
      return tried.code === 0 ? undefined : tried;
    });
    expect(outcome.output).toMatch(/qdrant.*failed/i);
    pause(false);
    await eventually('Qdrant back', 120_000, () => {
      const set = get<Live & { status: { readyReplicas?: number } }>('statefulset', 'qdrant', 'luna-demo');
      return set?.status.readyReplicas === 1 ? true : undefined;
    });
    await eventually('testping to pass', 120_000, () =>
      tenantCommand('demo', ['testping']).code === 0 ? true : undefined,
    );
  });
});
