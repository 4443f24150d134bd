import { KubeError, type Fault, type SeenCall } from '@luna-iems/kube-runtime';
import type { Platform } from '../src/platform.ts';
import { effectsByTenant } from './audit.ts';
import { createNumberer, nameOf } from './calls.ts';
import type { Lab } from './lab.ts';
import type { RunOptions } from './running.ts';
import { differences, readStates, type State } from './oracle.ts';
import type { Step } from './steps.ts';

/** A step, and the operator's settings while it happens. */
export interface Scene {
  readonly step: Step;
  readonly platform: Partial<Platform>;
}

/** How a step went for a tenant that nothing happened to. */
export interface Reference {
  /** Every call, by a name that is the same for all tenants. */
  readonly calls: readonly string[];
  /** The same without reads. */
  readonly writes: readonly string[];
  /** What the fresh operator wrote before anything had happened. */
  readonly unasked: readonly string[];
  readonly state: State;
  readonly effects: readonly string[];
}

/** What is done to one tenant's calls: at the write of this name, this. */
export interface Injection {
  readonly tenant: string;
  readonly at: string;
  readonly fault: Fault;
  readonly label: string;
}

/** What came of a sweep. */
export interface Outcome {
  readonly tried: number;
  /** Injections whose write never came, because the world took another, equally good way. */
  readonly notReached: readonly string[];
  readonly failures: readonly string[];
}

const DEAD = new KubeError('injected: not this tenant’s turn', { code: 'KUBE_UNREACHABLE' });

/** Runs the step for one tenant, without faults and with every other tenant held still. */
export async function recordReference(lab: Lab, scene: Scene, tenant: string): Promise<Reference> {
  const { step, platform } = scene;
  const held = ({ scope, method }: SeenCall): Fault | undefined =>
    scope === tenant || scope === '' || method === 'GET' ? undefined : { kind: 'refuse', error: DEAD };
  const isRelease = step.platform !== undefined;
  const mark = lab.audit.mark();
  const running = await lab.run({ platform, faults: held });
  try {
    if (!isRelease) await running.idle();
    const unasked = isRelease ? [] : running.calls.writes.map((call) => `${call.scope}: ${nameOf(call)}`);
    await step.change(lab, tenant);
    await lab.converge(running, [tenant], step.done);
    const number = createNumberer();
    const calls = running.calls.calls.filter(({ scope }) => scope === tenant).map(number);
    const writes = calls.filter((call) => !call.startsWith('GET'));
    return {
      calls,
      writes,
      unasked,
      state: await stateOf(lab, tenant),
      effects: effectsOf(lab, mark).get(tenant) ?? [],
    };
  } finally {
    await running.stop();
  }
}

/**
 * Runs the step for many tenants at once, with one injection for each. `restart`: the operator is killed when each of them was hit or
 * arrived all the same, and a fresh one goes on. Then each tenant must be where the reference is, by the same creations and deletions.
 */
export async function sweep(
  lab: Lab,
  { step, platform }: Scene,
  plan: { reference: Reference; injections: readonly Injection[]; restart: boolean; wrap?: RunOptions['wrap'] },
): Promise<Outcome> {
  const names = plan.injections.map(({ tenant }) => tenant);
  const byTenant = new Map(plan.injections.map((injection) => [injection.tenant, injection]));
  const number = createNumberer();
  const hit = new Set<string>();
  const faults = (call: SeenCall): Fault | undefined => {
    const injection = byTenant.get(call.scope);
    if (injection === undefined || number(call) !== injection.at) return undefined;
    hit.add(call.scope);
    return injection.fault;
  };
  const mark = lab.audit.mark();
  const first = await lab.run({ platform, faults, ...(plan.wrap === undefined ? {} : { wrap: plan.wrap }) });
  await Promise.all(names.map((name) => step.change(lab, name)));
  if (plan.restart) {
    await lab.converge(
      first,
      names.filter((name) => !hit.has(name)),
      (tenant) => hit.has(tenant?.metadata.name ?? '') || step.done(tenant),
    );
    await first.kill();
  }
  const last = plan.restart ? await lab.run({ platform }) : first;
  try {
    await lab.converge(last, names, step.done);
  } finally {
    await last.stop();
  }
  const reached = plan.injections.filter(({ tenant }) => hit.has(tenant));
  return {
    tried: reached.length,
    notReached: plan.injections.filter(({ tenant }) => !hit.has(tenant)).map(({ at }) => at),
    failures: await judge(lab, mark, { reference: plan.reference, injections: plan.injections }),
  };
}

async function judge(
  lab: Lab,
  mark: number,
  { reference, injections }: { reference: Reference; injections: readonly Injection[] },
): Promise<string[]> {
  const states = await readStates(lab.client);
  const effects = effectsOf(lab, mark);
  return injections.flatMap(({ tenant, label, at }) => [
    ...differences(reference.state, states.get(tenant) ?? {}).map((text) => `${tenant} ${label} ${at}: ${text}`),
    ...compareEffects(reference.effects, effects.get(tenant) ?? []).map((text) => `${tenant} ${label} ${at}: ${text}`),
  ]);
}

/** Creations and deletions that one list has and the other lacks. */
export function compareEffects(expected: readonly string[], actual: readonly string[]): string[] {
  const rest = [...actual];
  const missing = expected.filter((effect) => {
    const index = rest.indexOf(effect);
    if (index >= 0) rest.splice(index, 1);
    return index < 0;
  });
  return [...missing.map((effect) => `not ${effect}`), ...rest.map((effect) => `${effect} too often`)];
}

export async function stateOf(lab: Lab, tenant: string): Promise<State> {
  return (await readStates(lab.client)).get(tenant) ?? {};
}

const effectsOf = (lab: Lab, mark: number): Map<string, string[]> => effectsByTenant(lab.audit.since(mark));
