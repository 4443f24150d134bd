import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { maskName, ofNamespace } from './calls.ts';

/** What the API server noted of one call. */
export interface AuditEvent {
  verb: string;
  user: { username: string };
  objectRef?: { resource?: string; namespace?: string; name?: string; subresource?: string; apiGroup?: string };
  responseStatus?: { code?: number };
  requestReceivedTimestamp: string;
  stageTimestamp: string;
}

/** All writes of the operator's service accounts, and nothing else. */
export const auditRules = [
  { level: 'None', verbs: ['get', 'list', 'watch'] },
  { level: 'Metadata', userGroups: ['system:serviceaccounts:luna-system'] },
  { level: 'None' },
];

/** Reads the API server's audit log: what was really done, whatever the doer believes. */
export interface Audit {
  /** A place in the log, to read from later. */
  mark(): number;
  since(mark: number): AuditEvent[];
}

export function openAudit(path: string): Audit {
  return {
    mark: () => statSync(path).size,
    since(mark) {
      const size = statSync(path).size - mark;
      const buffer = Buffer.alloc(size);
      const file = openSync(path, 'r');
      readSync(file, buffer, 0, size, mark);
      closeSync(file);
      const lines = buffer.toString('utf8').split('\n').slice(0, -1);
      return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as AuditEvent);
    },
  };
}

/** What was made, deleted or, of Secrets, given new content, by tenant: `created services/qdrant`, sorted. Events do not count. */
export function effectsByTenant(events: readonly AuditEvent[]): Map<string, string[]> {
  const byTenant = new Map<string, string[]>();
  const latest = new Map<string, Effect>();
  for (const event of events) {
    const what = effectOf(event);
    const { tenant, object } = subjectOf(event);
    if (what === undefined || tenant === '') continue;
    const before = latest.get(`${tenant} ${object}`);
    latest.set(`${tenant} ${object}`, what);
    // An object is deleted once, however often that is asked for until it is gone: a watch that lags does not show its end at once.
    if (what === 'deleted' && before === 'deleted') continue;
    byTenant.set(tenant, [...(byTenant.get(tenant) ?? []), maskName(`${what} ${object}`, tenant)]);
  }
  for (const list of byTenant.values()) list.sort();
  return byTenant;
}

/** The tenant (empty for nobody's, and for Events) and the object that a call was about. */
function subjectOf({ objectRef }: AuditEvent): { tenant: string; object: string } {
  const { resource = '', namespace = '', name = '' } = objectRef ?? {};
  const object = `${resource}/${name}`;
  if (resource === 'events') return { tenant: '', object };
  if (resource === 'lunatenants') return { tenant: name, object };
  return { tenant: ofNamespace(resource === 'namespaces' ? name : namespace), object };
}

type Effect = 'created' | 'deleted' | 'renewed';

/** An apply that made the object answers 201; a delete that found it 200 or 202. The operator patches a Secret only to renew it. */
function effectOf({
  verb,
  responseStatus: { code = 0 } = {},
  objectRef: { resource, subresource } = {},
}: AuditEvent): Effect | undefined {
  if (subresource !== undefined || code >= 300) return undefined;
  if (code === 201) return 'created';
  return EFFECTS[`${verb} ${resource ?? ''}`] ?? EFFECTS[verb];
}

const EFFECTS: Readonly<Record<string, Effect>> = { delete: 'deleted', 'patch secrets': 'renewed' };
