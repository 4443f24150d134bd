import { Agent } from 'undici';
import type { ConnectionConfig } from './connection-config.ts';
import { resettingConnector } from './resetting-connector.ts';

/** Kept-alive connections to one server. */
export interface ConnectionPool {
  /** Where the next request goes. */
  agent(): Agent;
  /** Uses no existing connection for new requests; those under way may finish on theirs. */
  startAfresh(): void;
  /** Breaks all connections. */
  close(): Promise<void>;
}

/**
 * A pool whose connections can be given up together. When one falls silent, its idle neighbours most likely lead nowhere either
 * (a lost route, a failed-over load balancer), and each would cost the next request a whole timeout.
 */
export function createConnectionPool(config: ConnectionConfig): ConnectionPool {
  let current = createAgent(config);
  const retired = new Set<Agent>();
  return {
    agent: () => current,
    startAfresh() {
      const old = current;
      current = createAgent(config);
      retired.add(old);
      const forget = (): void => void retired.delete(old);
      old.close().then(forget, forget);
    },
    async close() {
      await Promise.all([current, ...retired].map((agent) => agent.destroy()));
    },
  };
}

function createAgent(config: ConnectionConfig): Agent {
  return new Agent({
    // HTTP/2 in Node has lost watch events and leaked memory for other operators; one connection per watch is cheap.
    allowH2: false,
    pipelining: 1,
    keepAliveTimeout: 60_000,
    connect: resettingConnector({
      allowH2: false,
      ca: config.ca,
      cert: config.cert,
      key: config.key,
      rejectUnauthorized: !config.insecureSkipTlsVerify,
      ...(config.tlsServerName ? { servername: config.tlsServerName } : {}),
    }),
  });
}
