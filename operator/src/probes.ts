import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface ProbesDeps {
  /** The exposition text and its content type. */
  metrics: () => Promise<{ text: string; contentType: string }>;
  /** False makes the kubelet restart the process. */
  healthy: () => boolean;
  /** False while the caches are not filled yet. */
  ready: () => boolean;
}

/** The HTTP server behind the pod's probes and Prometheus: /healthz, /readyz, /metrics. */
export function createProbes(deps: ProbesDeps): Server {
  const answer = async (path: string): Promise<{ status: number; text: string; contentType: string }> => {
    if (path === '/metrics') return { status: 200, ...(await deps.metrics()) };
    if (path === '/healthz') return verdict(deps.healthy());
    if (path === '/readyz') return verdict(deps.ready());
    return { status: 404, text: 'not found\n', contentType: 'text/plain' };
  };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    answer(path).then(
      ({ status, text, contentType }) => response.writeHead(status, { 'content-type': contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  };
  return createServer({ requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 5_000 }, handle);
}

function verdict(good: boolean): { status: number; text: string; contentType: string } {
  return { status: good ? 200 : 503, text: good ? 'ok\n' : 'not ok\n', contentType: 'text/plain' };
}
