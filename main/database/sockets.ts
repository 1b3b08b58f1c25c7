import { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** The sockets of PostgreSQL connections, so that a server which does not answer cannot hold up the end of the console. */
export function trackSockets() {
  const open = new Set<Socket>();
  return {
    create(): Socket {
      const socket = new Socket();
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      return socket;
    },
    /** Waits for an orderly end, at most `ms`, then destroys what is still open. */
    async endWithin(ms: number, ended: Promise<unknown>): Promise<void> {
      const deadline = new AbortController();
      await Promise.race([ended, wait(ms, undefined, { signal: deadline.signal }).catch(() => undefined)]);
      deadline.abort();
      for (const socket of open) socket.destroy();
    },
  };
}
