import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** The way to a server, which can be cut without a word: what is sent arrives nowhere, and no connection ends. */
export interface BreakableLink {
  readonly url: string;
  cut(): void;
  /** As with nobody at the far end: connections end, and new ones are refused. */
  refuse(): Promise<void>;
  /** Each way takes so much longer from now on. */
  delay(ms: number): void;
  mend(): Promise<void>;
  close(): void;
}

/** @param to postgres://… */
export async function openLink(to: string): Promise<BreakableLink> {
  const target = new URL(to);
  const sockets = new Set<Socket>();
  let whole = true;
  let delayMs = 0;
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => one.destroy());
      one.on('data', (bytes) => {
        if (!whole) return;
        if (delayMs === 0) other.write(bytes);
        else setTimeout(() => other.writable && other.write(bytes), delayMs);
      });
      one.on('close', () => {
        sockets.delete(one);
        if (whole) other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  const url = new URL(to);
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  const end = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    cut: () => {
      whole = false;
    },
    refuse: async () => {
      end();
      server.close();
      await once(server, 'close');
    },
    delay: (ms) => {
      delayMs = ms;
    },
    mend: async () => {
      if (!server.listening) {
        server.listen(address.port, '127.0.0.1');
        await once(server, 'listening');
      }
      if (whole) return;
      whole = true;
      end();
    },
    close: () => {
      end();
      server.close();
    },
  };
}
