import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy whose connections can be cut or fall silent. */
export interface TcpProxy {
  readonly port: number;
  /** How many connections it knows to be open. */
  connections(): number;
  /** Breaks every open connection. */
  cut(): void;
  /** Stops passing bytes on the open connections without closing them, as a lost route does; new connections work. */
  silence(): void;
  /** Passes nothing on any connection, new ones too, as a cut cable does, and keeps what it was given until `unblock`. */
  block(): void;
  /** Passes everything again, what it kept first. */
  unblock(): void;
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1 and passes everything to `targetPort` there. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let blocked = false;
  const join = ([near, far]: readonly [Socket, Socket]): void => {
    near.pipe(far);
    far.pipe(near);
  };
  const hold = (): void => {
    for (const [near, far] of pairs) {
      near.unpipe(far);
      far.unpipe(near);
      near.pause();
      far.pause();
    }
  };
  const server = createServer((near) => {
    const far = connect(targetPort, '127.0.0.1');
    const pair = [near, far] as const;
    pairs.add(pair);
    if (!blocked) join(pair);
    const end = (): void => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const [near, far] of pairs) {
      near.destroy();
      far.destroy();
    }
  };
  return {
    port: (server.address() as { port: number }).port,
    connections: () => pairs.size,
    cut,
    silence: hold,
    block() {
      blocked = true;
      hold();
    },
    unblock() {
      blocked = false;
      for (const pair of pairs) join(pair);
    },
    close() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
