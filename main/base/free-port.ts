import { createServer } from 'node:net';

/** A TCP port of loopback that was free just now: whoever is told it may lose it to another process, and must say so. */
export function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer().once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address !== null && typeof address === 'object' ? found(address.port) : failed(new Error('no free port')),
      );
    });
  });
}
