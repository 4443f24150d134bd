import { ToolError } from '../lib/errors.ts';
import { attempt, run, type RunResult } from '../lib/run.ts';
import { say } from '../lib/say.ts';

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message?: string;
  readonly observedGeneration?: number;
}

interface TenantView {
  readonly metadata: { readonly generation: number };
  readonly status?: {
    readonly phase?: string;
    readonly versions?: { readonly api?: string };
    readonly conditions?: readonly Condition[];
  };
}

/**
 * Applies a LunaTenant; says whether that changed it. Fields that somebody else has set since are theirs: the sample does not take
 * them back.
 */
export async function applyTenant(manifest: string): Promise<'unchanged' | 'applied' | 'kept as edited'> {
  const generation = (): Promise<RunResult> =>
    attempt('kubectl', ['get', '-f', manifest, '-o', 'jsonpath={.metadata.generation}']);
  const before = await generation();
  const applied = await attempt('kubectl', ['apply', '--server-side', '--field-manager=make-up', '-f', manifest]);
  if (applied.code !== 0 && /conflict/i.test(applied.stderr)) return 'kept as edited';
  if (applied.code !== 0) throw new ToolError('LUNA_SAMPLE_REFUSED', applied.stderr.trim());
  return before.code === 0 && before.stdout === (await generation()).stdout ? 'unchanged' : 'applied';
}

/**
 * What the tenant still waits for, as one line; undefined when it is ready, at rest, and runs the API image `api` (where one is
 * given: after an upgrade the tenant stays Ready while the operator has yet to look at it).
 */
export function waitingFor(tenant: TenantView, api?: string): string | undefined {
  const { conditions = [], versions } = tenant.status ?? {};
  if (!isReady(tenant)) return missingParts(conditions);
  const moving = conditions.find((condition) => condition.type === 'Progressing' && condition.status === 'True');
  if (moving !== undefined) return moving.message ?? 'a change is under way';
  return api === undefined || versions?.api === api ? undefined : 'the API runs its former version';
}

/** Whether Ready is true of the generation that was asked for, and not of an older one. */
function isReady({ metadata, status }: TenantView): boolean {
  const ready = status?.conditions?.find((condition) => condition.type === 'Ready');
  return ready?.status === 'True' && ready.observedGeneration === metadata.generation;
}

function missingParts(conditions: readonly Condition[]): string {
  const parts = conditions.filter((condition) => condition.type.endsWith('Ready') && condition.type !== 'Ready');
  const missing = parts.filter((condition) => condition.status !== 'True').map((condition) => condition.type);
  const ready = conditions.find((condition) => condition.type === 'Ready');
  if (missing.length === 0) return ready?.message ?? 'the operator has not looked at it yet';
  return `${String(parts.length - missing.length)} of ${String(parts.length)} parts ready, waiting for ${missing.join(', ')}`;
}

/** Waits until the tenant is Ready, and tells a person each time something changes. Throws `LUNA_NOT_READY` with what blocks. */
export async function waitReady(name: string, limitMs: number, api?: string): Promise<void> {
  const end = Date.now() + limitMs;
  let told = '';
  while (Date.now() < end) {
    const waiting = waitingFor(
      JSON.parse(await run('kubectl', ['get', 'lunatenant', name, '-o', 'json'])) as TenantView,
      api,
    );
    if (waiting === undefined) return;
    if (waiting !== told) say(`  tenant ${name}: ${waiting}`);
    told = waiting;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  throw new ToolError(
    'LUNA_NOT_READY',
    `tenant ${name} was not ready after ${String(limitMs / 60_000)} min: ${told}. See: kubectl describe lunatenant ${name}`,
  );
}
