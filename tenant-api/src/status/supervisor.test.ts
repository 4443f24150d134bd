import { describe, expect, it } from 'vitest';
import { createManualClock, createSilentLogger } from '@luna-iems/service-kit';
import { createSupervisor, type Supervisor } from './supervisor.ts';

function world(patient: readonly string[] = []): { up: Record<string, boolean>; supervisor: Supervisor } {
  const up: Record<string, boolean> = { database: true, qdrant: true };
  const check = (name: string) => async () => {
    if (!up[name]) throw new Error(`${name} is gone`);
  };
  const supervisor = createSupervisor({
    checks: { database: check('database'), qdrant: check('qdrant') },
    essential: ['database'],
    patient,
    log: createSilentLogger(),
    clock: createManualClock('2026-01-01T00:00:00Z'),
  });
  return { up, supervisor };
}

describe('createSupervisor', () => {
  it('is not ready before anything was asked', () => expect(world().supervisor.readiness().ready).toBe(false));
  it('is ready only when everything was there once', async () => {
    const { up, supervisor } = world();
    up['qdrant'] = false;
    await supervisor.checkAll();
    expect(supervisor.readiness()).toEqual({ ready: false, reasons: ['qdrant: qdrant is gone'] });
    up['qdrant'] = true;
    await supervisor.checkAll();
    expect(supervisor.readiness()).toEqual({ ready: true, reasons: [] });
  });
  it('stays ready without a part that is not essential, and says so; not without an essential one', async () => {
    const { up, supervisor } = world();
    await supervisor.checkAll();
    up['qdrant'] = false;
    await supervisor.checkAll();
    expect(supervisor.readiness()).toEqual({ ready: true, reasons: ['qdrant: qdrant is gone'] });
    expect(() => supervisor.require('qdrant')).toThrow('gone');
    expect(() => supervisor.require('database')).not.toThrow();
    up['database'] = false;
    await supervisor.checkAll();
    expect(supervisor.readiness().ready).toBe(false);
  });
  it('does not wait for a patient part, and says that it is away', async () => {
    const { up, supervisor } = world(['qdrant']);
    up['qdrant'] = false;
    await supervisor.checkAll();
    expect(supervisor.readiness()).toEqual({ ready: true, reasons: ['qdrant: qdrant is gone'] });
  });
  it('is not ready while it drains', async () => {
    const { supervisor } = world();
    await supervisor.checkAll();
    supervisor.drain();
    expect(supervisor.readiness()).toEqual({ ready: false, reasons: ['shutting down'] });
  });
});
