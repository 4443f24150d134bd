import { createApi, type Api } from './api.ts';
import { sentenceOf } from './errors.ts';
import { isDirect, openSession, readTenant, type Context } from './session.ts';
import { simulationPart, type Expectation, type SimStatus } from './simulation-part.ts';
import { partsOf, renderParts, unknownParts, type Part, type Summary } from './summary.ts';
import { workloadsPart, type WorkloadList } from './workloads.ts';

async function measured(context: Context, part: string, probe: () => Promise<string | undefined>): Promise<Part> {
  const started = context.now();
  try {
    const note = await probe();
    return { part, ok: true, latencyMs: context.now() - started, note };
  } catch (error) {
    return { part, ok: false, latencyMs: undefined, note: sentenceOf(error) };
  }
}

async function workloads(context: Context): Promise<Part> {
  const started = context.now();
  try {
    const { namespace } = await readTenant(context);
    const selector = `luna-iems.io/tenant=${context.tenant}`;
    const list = await context.kubectl.json(['-n', namespace, 'get', 'statefulsets,deployments', '-l', selector]);
    return { ...workloadsPart(list as WorkloadList), latencyMs: context.now() - started };
  } catch (error) {
    return { part: 'pods', ok: false, latencyMs: undefined, note: sentenceOf(error) };
  }
}

async function expectation(context: Context): Promise<Expectation> {
  if (isDirect(context)) return 'no cluster';
  return (await readTenant(context)).simulated ? 'writes' : 'switched off';
}

async function simulation(context: Context, api: Api): Promise<Part> {
  try {
    const expected = await expectation(context);
    const started = context.now();
    const found = await api.json<SimStatus>('/sim/status');
    return { ...simulationPart(found, expected, Date.now()), latencyMs: context.now() - started };
  } catch (error) {
    return { part: 'simulation', ok: false, latencyMs: undefined, note: sentenceOf(error) };
  }
}

async function behindApi(context: Context, api: Api): Promise<Part[]> {
  try {
    const summary = await api.json<Summary>('/status/summary');
    return [...partsOf(summary.components), await simulation(context, api)];
  } catch (error) {
    return unknownParts().map((part) => ({ ...part, note: `unknown: ${sentenceOf(error)}` }));
  }
}

async function api(context: Context): Promise<Part[]> {
  const session = await openSession(context).catch((error: unknown) => sentenceOf(error));
  if (typeof session === 'string')
    return [{ part: 'api', ok: false, latencyMs: undefined, note: session }, ...unknownParts()];
  try {
    // Without the key, so that a wrong key and a dead API are told apart.
    const health = await measured(context, 'api', async () => {
      await createApi(session.api.baseUrl, undefined).send('/health/live');
      return undefined;
    });
    return [health, ...(health.ok ? await behindApi(context, session.api) : unknownParts())];
  } finally {
    await session.close();
  }
}

/** Prints every part of the tenant with ok or failed and how long it took to answer. Answers the exit code: 1 when one is down. */
export async function testping(context: Context): Promise<number> {
  const pods = isDirect(context) ? [] : [await workloads(context)];
  const parts = [...pods, ...(await api(context))];
  context.print(renderParts(parts));
  const down = parts.filter((part) => !part.ok).map((part) => part.part);
  context.print('');
  context.print(down.length === 0 ? `All ${parts.length} parts answer.` : `Down: ${down.join(', ')}.`);
  return down.length === 0 ? 0 : 1;
}
