import { open } from 'node:fs/promises';

/** One request as the API server's audit log tells it. */
export interface Audited {
  verb: string;
  userAgent: string;
  /** Milliseconds since 1970 at which the answer was ready. */
  at: number;
  code: number;
  resource: string;
  subresource: string | undefined;
  namespace: string | undefined;
  name: string | undefined;
}

/** Every request but those of the API server to itself, and no bodies. */
export const AUDIT_RULES = [{ level: 'None', users: ['system:apiserver'] }, { level: 'Metadata' }];

interface AuditEvent {
  verb: string;
  userAgent?: string;
  stageTimestamp: string;
  responseStatus?: { code?: number };
  objectRef?: { resource?: string; subresource?: string; namespace?: string; name?: string };
}

/** Reads one line of the log. */
export function parseAudit(line: string): Audited {
  const event = JSON.parse(line) as AuditEvent;
  const { resource = '', subresource, namespace, name } = event.objectRef ?? {};
  const { verb, userAgent = '', stageTimestamp, responseStatus } = event;
  return {
    verb,
    userAgent,
    at: Date.parse(stageTimestamp),
    code: responseStatus?.code ?? 0,
    resource,
    subresource,
    namespace,
    name,
  };
}

/** True for requests that change something. */
export const isWrite = ({ verb }: Audited): boolean => !['get', 'list', 'watch'].includes(verb);

/** Follows an audit log; each line is given to `take` once. */
export interface AuditTail {
  /** Reads what came since the last time. */
  read(): Promise<void>;
}

/** A tail from the log's beginning. */
export function createAuditTail(path: string, take: (event: Audited) => void): AuditTail {
  let offset = 0;
  let rest = '';
  return {
    async read() {
      const file = await open(path, 'r');
      try {
        const size = (await file.stat()).size;
        const buffer = Buffer.alloc(size - offset);
        const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
        offset += bytesRead;
        // Metadata of our requests is ASCII: no character is cut in two.
        const lines = (rest + buffer.toString('latin1', 0, bytesRead)).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) take(parseAudit(line));
      } finally {
        await file.close();
      }
    },
  };
}
