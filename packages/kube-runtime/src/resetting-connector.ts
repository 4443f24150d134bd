import { connect, type Socket } from 'node:net';
import { buildConnector, errors } from 'undici';

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * A connector whose TLS connections are reset when they are destroyed, not closed. The kernel goes on delivering what was written to a
 * closed connection, for minutes when the network is interrupted: a write that its caller has long given up, because the lease ran
 * out, would reach the API server beside those of the next leader. A reset throws it away.
 */
export function resettingConnector(options: buildConnector.BuildOptions): buildConnector.connector {
  const secure = buildConnector({ ...options, timeout: CONNECT_TIMEOUT_MS });
  return (target, callback) => {
    if (target.protocol !== 'https:') return void secure(target, callback);
    const raw = connect({ host: target.hostname, port: Number(target.port || 443), noDelay: true });
    const slow = setTimeout(
      () => raw.destroy(new errors.ConnectTimeoutError(`no connection to ${target.host ?? target.hostname}`)),
      CONNECT_TIMEOUT_MS,
    );
    const failed = (error: Error): void => {
      clearTimeout(slow);
      callback(error, null);
    };
    raw.once('error', failed);
    raw.once('connect', () => {
      clearTimeout(slow);
      raw.off('error', failed);
      secure({ ...target, httpSocket: raw }, (...outcome) => {
        resetInsteadOfClose(raw);
        callback(...outcome);
      });
    });
  };
}

/** The TLS layer ends its connection by `destroy`; there is no option that makes that a reset. */
function resetInsteadOfClose(raw: Socket): void {
  const destroy = raw.destroy.bind(raw);
  raw.destroy = () => {
    raw.destroy = destroy;
    return raw.resetAndDestroy();
  };
}
