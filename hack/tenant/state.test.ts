import { describe, expect, it } from 'vitest';
import { behindNote, renderConditions } from './conditions.ts';
import { CliError, sentenceOf } from './errors.ts';
import { endOf, readableLine, type JobObject } from './jobs.ts';
import { copyOf, newestSchemaJob } from './migrate.ts';
import { keyFromEntry } from './session.ts';
import { bothFresh, renderCounts } from './simulate.ts';
import { partsOf, renderParts, renderSummary } from './summary.ts';
import { simulationPart, type SimStatus } from './simulation-part.ts';
import { workloadsPart } from './workloads.ts';

describe('partsOf', () => {
  it('shows every expected part, and one that the API does not report as failed', () => {
    const parts = partsOf({
      database: { ok: true, latencyMs: 1.6 },
      qdrant: { ok: false, error: 'connect ECONNREFUSED' },
      tika: { ok: true },
      objectStore: { ok: true, latencyMs: 1500 },
    });
    expect(parts.map(({ part, ok }) => [part, ok])).toEqual([
      ['database', true],
      ['qdrant', false],
      ['tika', true],
      ['ollama', false],
      ['objectStore', true],
    ]);
    expect(renderParts(parts)).toContain('database     ok         2 ms');
    expect(renderParts(parts)).toContain('objectStore  ok        1.5 s');
    expect(renderParts(parts)).toContain('qdrant       failed        –  connect ECONNREFUSED');
  });
});

describe('renderSummary', () => {
  it('says in words what runs', () => {
    const text = renderSummary(
      {
        tenant: 'demo',
        version: '0.1.0',
        schemaVersion: 4,
        components: {},
        counts: { items: 17, points: null },
        simulation: { state: 'running', lastWrites: { meter: '2026-01-01T00:00:00Z', market: '2026-01-02T00:00:00Z' } },
        embedding: { model: 'all-minilm', dimensions: 384, normalisation: 'fold', selfTest: 'passed' },
        chat: { model: null, mode: 'extractive' },
      },
      Date.parse('2026-01-01T00:00:05Z'),
    );
    expect(text).toContain('embedding   all-minilm, 384 dimensions, normalisation fold, self-test passed');
    expect(text).toContain('simulation  running; meters 5.0 s ago, prices until 2026-01-02 00:00 UTC');
    expect(text).toContain('chat        no model: answers quote the documents');
    expect(text).toMatch(/^items +17\npoints +–$/m);
  });
});

describe('simulationPart', () => {
  const now = Date.parse('2026-01-01T01:00:00Z');
  const status = (changes: Partial<SimStatus>): SimStatus => ({
    state: 'running',
    lastWrites: { meter: '2026-01-01T00:59:58Z', market: null },
    lastRuns: [{ kind: 'meter', error: null }],
    ...changes,
  });

  it.each([
    ['runs', status({}), true, 'running; meters 2.0 s ago, prices nothing yet'],
    [
      'has just begun',
      status({ lastWrites: { meter: null, market: null }, lastRuns: [] }),
      true,
      'running; meters nothing yet',
    ],
    [
      'was stopped',
      status({ state: 'stopped', lastWrites: { meter: '2026-01-01T00:00:00Z', market: null } }),
      true,
      'stopped;',
    ],
    [
      'has stalled',
      status({ lastWrites: { meter: '2026-01-01T00:20:00Z', market: null } }),
      false,
      'runs, but meters 40 min ago',
    ],
    [
      'fails',
      status({ lastRuns: [{ kind: 'market', error: 'no database' }] }),
      false,
      'last market run failed: no database',
    ],
    ['cannot be seen', status({ state: 'unknown', reason: 'forbidden' }), false, 'forbidden'],
  ])('a simulation that %s', (_, value, ok, note) => {
    const part = simulationPart(value, 'writes', now);
    expect([part.ok, part.note?.slice(0, note.length)]).toEqual([ok, note]);
  });

  it('is well where nothing should be written', () => {
    expect(simulationPart(status({ state: 'unknown' }), 'no cluster', now)).toMatchObject({
      ok: true,
      note: 'no cluster',
    });
  });
});

describe('workloadsPart', () => {
  const item = (name: string, replicas: number, ready: number) => ({
    metadata: { name },
    spec: { replicas },
    status: { readyReplicas: ready },
  });
  const all = ['postgres', 'qdrant', 'tika', 'ollama', 'tenant-api'];

  it('is well when each has its pods', () => {
    expect(workloadsPart({ items: all.map((name) => item(name, 1, 1)) })).toMatchObject({
      ok: true,
      note: '5 workloads ready',
    });
  });

  it('names what is scaled to zero, not ready, or missing', () => {
    const items = [item('postgres', 1, 1), item('qdrant', 0, 0), item('tika', 1, 0), item('tenant-api', 2, 1)];
    expect(workloadsPart({ items })).toMatchObject({
      ok: false,
      note: 'not ready: qdrant 0/0, tika 0/1, ollama missing, tenant-api 1/2',
    });
  });
});

describe('renderConditions', () => {
  it('shows Ready first and ages, and says when the operator is behind', () => {
    const tenant = {
      metadata: { name: 'demo', generation: 3 },
      status: {
        observedGeneration: 2,
        conditions: [
          {
            type: 'ApiReady',
            status: 'False',
            reason: 'Waiting',
            message: 'no pod',
            lastTransitionTime: '2026-01-01T00:00:00Z',
          },
          { type: 'Ready', status: 'False', reason: 'ApiNotReady', lastTransitionTime: '2026-01-01T00:00:30Z' },
        ],
      },
    };
    const lines = renderConditions(tenant, Date.parse('2026-01-01T00:01:00Z')).split('\n');
    expect(lines[1]).toMatch(/^Ready +False +30 s +ApiNotReady/);
    expect(lines[2]).toMatch(/^ApiReady +False +1 min +Waiting +no pod$/);
    expect(behindNote(tenant)).toContain('2 of 3');
  });
});

describe('renderCounts', () => {
  const output = 'smart_meter_readings\t86400\t900\t2026-01-01 00:00:00\nmarket_prices\t200\t0\t2026-01-01 00:00:00\n';

  it('shows both tables', () => {
    expect(renderCounts(output)).toMatch(
      /smart_meter_readings +86400 +900 +2026-01-01 00:00:00\nmarket_prices +200 +0/,
    );
  });

  it('is fresh only when both tables got rows', () => {
    expect(bothFresh(output)).toBe(false);
    expect(bothFresh(output.replace('200\t0', '200\t4'))).toBe(true);
    expect(bothFresh('')).toBe(false);
  });
});

describe('migrate', () => {
  const job = (name: string, created: string, labels: Record<string, string> = {}): JobObject => ({
    metadata: { name, labels, creationTimestamp: created },
    spec: {
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } },
      template: {
        metadata: {
          labels: {
            'app.kubernetes.io/name': 'schema',
            'controller-uid': 'u',
            'batch.kubernetes.io/controller-uid': 'u',
            'batch.kubernetes.io/job-name': name,
            'job-name': name,
          },
        },
        spec: { containers: [{ name: 'migrate' }] },
      },
    },
  });

  it("copies the operator's newest Job, not one made by hand", () => {
    const jobs = [
      job('schema-a', '2026-01-01T00:00:00Z'),
      job('schema-b', '2026-01-02T00:00:00Z'),
      job('schema-hand-x', '2026-01-03T00:00:00Z', { 'luna-iems.io/hand-made': 'true' }),
      job('sim-meter-1', '2026-01-04T00:00:00Z'),
    ];
    expect(newestSchemaJob(jobs)?.metadata.name).toBe('schema-b');
  });

  it('keeps the pod and its labels for the network policies, and nothing of the old Job', () => {
    const copy = copyOf(job('schema-a', '2026-01-01T00:00:00Z', { 'luna-iems.io/tenant': 'demo' }), 'schema-hand-y');
    expect(copy).toMatchObject({
      metadata: {
        name: 'schema-hand-y',
        labels: { 'luna-iems.io/tenant': 'demo', 'app.kubernetes.io/managed-by': 'luna-tenant-cli' },
      },
      spec: {
        template: {
          metadata: { labels: { 'app.kubernetes.io/name': 'schema' } },
          spec: { containers: [{ name: 'migrate' }] },
        },
      },
    });
    expect(JSON.stringify(copy)).not.toMatch(/controller-uid|selector|job-name/);
  });

  it('knows when a Job has ended and how', () => {
    const running = job('schema-a', '2026-01-01T00:00:00Z');
    const ended = (type: string): JobObject => ({
      ...running,
      status: { conditions: [{ type, status: 'True', message: 'why' }] },
    });
    expect(endOf(running)).toBeUndefined();
    expect(endOf(ended('SuccessCriteriaMet'))).toBeUndefined();
    expect(endOf(ended('Complete'))).toMatchObject({ ok: true });
    expect(endOf(ended('Failed'))).toMatchObject({ ok: false, message: 'why' });
  });
});

describe('readableLine', () => {
  it.each([
    [
      '{"level":"info","time":"t","name":"sim","kind":"meter","rows":8,"rangeFrom":null,"msg":"simulated"}',
      'simulated (kind=meter, rows=8)',
    ],
    ['{"level":"fatal","err":{"code":"X"},"msg":"the schema job failed"}', 'the schema job failed'],
    ['{"rows":1}', '{"rows":1} (rows=1)'],
    ['{cut off', '{cut off'],
    ['plain words', 'plain words'],
  ])('%s', (line, text) => {
    expect(readableLine(line)).toBe(text);
  });
});

describe('keyFromEntry', () => {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

  it('reads the key of an entry and refuses an entry without one', () => {
    expect(keyFromEntry(encode({ key: 'luna_x', scopes: ['ask'] }))).toBe('luna_x');
    expect(() => keyFromEntry(encode({ scopes: [] }))).toThrow(CliError);
  });
});

describe('sentenceOf', () => {
  it('digs out what a failed fetch really died of', () => {
    const cause = new AggregateError([new Error('connect ECONNREFUSED 127.0.0.1:1')]);
    expect(sentenceOf(new TypeError('fetch failed', { cause }))).toBe('connect ECONNREFUSED 127.0.0.1:1');
  });
});
