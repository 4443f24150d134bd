import { errorMessage, sleep, type Clock, type Logger } from '@luna-iems/service-kit';

/** How a part answered when it was last asked. */
export interface ComponentState {
  ok: boolean;
  latencyMs: number;
  error?: string;
  /** A word on what answered, such as a version. */
  detail?: string;
}

/** Asks one part. Throws the reason when it is not as it should be. */
export type Check = (signal: AbortSignal) => Promise<string | void>;

export interface SupervisorDeps {
  checks: Readonly<Record<string, Check>>;
  /** Parts without which nothing can be answered; the others must only have been there once. */
  essential: readonly string[];
  /** Parts that are never waited for, not even at the start. */
  patient?: readonly string[];
  log: Logger;
  clock: Clock;
  /** Told each result. */
  observe?: (part: string, ok: boolean, seconds: number) => void;
}

export interface Readiness {
  ready: boolean;
  /** One sentence for each part that is away, also while ready. */
  reasons: string[];
}

/** Watches the parts of a tenant that this service needs. */
export interface Supervisor {
  /** Asks every part once, now. */
  checkAll(): Promise<Readonly<Record<string, ComponentState>>>;
  readiness(): Readiness;
  /** Whether these parts answered when they were last asked. Throws the first reason why not. */
  require(...names: string[]): void;
  /** From now on never ready: the process is about to end. */
  drain(): void;
  /** Asks again and again until `signal` is aborted: often while something is away that is waited for. */
  run(signal: AbortSignal): Promise<void>;
}

const CHECK_TIMEOUT_MS = 5_000;
const AWAY_MS = 1_000;
const WELL_MS = 5_000;

async function ask(check: Check, clock: Clock): Promise<ComponentState> {
  const start = clock.monotonicMs();
  const took = (): number => Math.round((clock.monotonicMs() - start) * 10) / 10;
  try {
    const detail = await check(AbortSignal.timeout(CHECK_TIMEOUT_MS));
    return { ok: true, latencyMs: took(), ...(typeof detail === 'string' ? { detail } : {}) };
  } catch (error) {
    return { ok: false, latencyMs: took(), error: errorMessage(error) };
  }
}

/** Ready means: every part was there at once at least once, and the essential ones are there now. */
export function createSupervisor(deps: SupervisorDeps): Supervisor {
  const { checks, essential, patient = [], log, clock, observe } = deps;
  const names = Object.keys(checks);
  const awaited = names.filter((name) => !patient.includes(name));
  let states: Readonly<Record<string, ComponentState>> = {};
  let complete = false;
  let draining = false;

  const tell = (name: string, now: ComponentState): void => {
    const before = states[name];
    if (before?.ok === now.ok) return;
    if (now.ok) log.info({ part: name, latencyMs: now.latencyMs }, 'part is there');
    else log.warn({ part: name, reason: now.error }, 'part is away');
  };
  const checkAll = async (): Promise<Readonly<Record<string, ComponentState>>> => {
    const entries = await Promise.all(
      names.map(async (name) => [name, await ask(checks[name] ?? (async () => undefined), clock)] as const),
    );
    for (const [name, state] of entries) {
      tell(name, state);
      observe?.(name, state.ok, state.latencyMs / 1000);
    }
    states = Object.fromEntries(entries);
    complete ||= awaited.every((name) => states[name]?.ok);
    return states;
  };
  const away = (among: readonly string[]): string[] =>
    among
      .filter((name) => states[name]?.ok !== true)
      .map((name) => `${name}: ${states[name]?.error ?? 'not asked yet'}`);

  return {
    checkAll,
    readiness: () => {
      if (draining) return { ready: false, reasons: ['shutting down'] };
      const blocking = away(complete ? essential : awaited);
      return { ready: blocking.length === 0, reasons: away(names) };
    },
    require: (...wanted) => {
      const [first] = away(wanted);
      if (first !== undefined) throw new Error(first);
    },
    drain: () => {
      draining = true;
    },
    run: async (signal) => {
      while (!signal.aborted) {
        await checkAll();
        await sleep(away(awaited).length > 0 ? AWAY_MS : WELL_MS, signal).catch(() => undefined);
      }
    },
  };
}
