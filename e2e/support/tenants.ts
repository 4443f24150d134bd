import { waitingFor } from '../../hack/up/tenant.ts';
import { eventually, get, kubectl, type Live } from './kubectl.ts';

/** A LunaTenant as the tests read it. */
export interface Tenant extends Live {
  readonly metadata: Live['metadata'] & { readonly generation: number };
  readonly spec: Record<string, unknown>;
  readonly status?: {
    readonly phase?: string;
    readonly namespace?: string;
    readonly schemaVersion?: number | string;
    readonly platformRevision?: string;
    readonly conditions?: readonly {
      type: string;
      status: string;
      reason: string;
      message: string;
      observedGeneration?: number;
    }[];
  };
}

/** The tiny tenant of the tests: everything that a tenant has, on the models that the model image carries. */
export function tinyTenant(name: string, spec: Record<string, unknown> = {}): string {
  return JSON.stringify({
    apiVersion: 'luna-iems.io/v1alpha1',
    kind: 'LunaTenant',
    metadata: { name },
    spec: {
      displayName: `Test ${name}`,
      models: { embedding: { name: 'all-minilm', dimensions: 384 }, source: { type: 'image' } },
      ...spec,
    },
  });
}

export function applyTenant(manifest: string): void {
  kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], { input: manifest });
}

/** Changes some fields of a tenant's spec, as `kubectl patch` does. */
export function patchSpec(name: string, spec: object): string {
  return kubectl(['patch', 'lunatenant', name, '--type=merge', '-p', JSON.stringify({ spec })]);
}

export const tenant = (name: string): Tenant | undefined => get<Tenant>('lunatenant', name);

export function condition(name: string, type: string): { status: string; reason: string; message: string } | undefined {
  return tenant(name)?.status?.conditions?.find((entry) => entry.type === type);
}

/** Waits until the tenant says Ready=True for the generation that was asked for, and that nothing is under way. */
export async function ready(name: string, timeoutMs = 420_000): Promise<Tenant> {
  return eventually(`tenant ${name} Ready`, timeoutMs, () => {
    const live = tenant(name);
    if (live === undefined) throw new Error('there is no such tenant');
    const waiting = waitingFor(live);
    if (waiting !== undefined) throw new Error(waiting);
    return live;
  });
}

/** Removes the tenant and everything of it, whatever its policy was: for the end of a test. */
export async function removeTenant(name: string): Promise<void> {
  if (tenant(name)) {
    patchSpec(name, { deletionPolicy: 'Delete', deletionProtection: false, paused: false });
    kubectl(['delete', 'lunatenant', name, '--wait=false']);
  }
  await eventually(`tenant ${name} gone`, 240_000, () => (tenant(name) ? undefined : true));
  kubectl(['delete', 'namespace', `luna-${name}`, '--ignore-not-found', '--wait=true', '--timeout=180s'], {
    timeoutMs: 200_000,
  });
}
