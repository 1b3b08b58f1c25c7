import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LogLink } from '../../../main/logs/log-link.ts';
import { LogPages } from '../../../main/logs/log-pages.ts';

const MB = 1024 * 1024;
const LINE = Buffer.from(`${'x'.repeat(1_023)}\n`);
const PATIENCE = { timeout: 10_000, interval: 10 };

describe('a link to the process that writes the logs', () => {
  let folder = '';
  let server: Server;
  let peer: Socket;
  let link: LogLink;
  let pages: LogPages;
  let told: boolean[];
  let received = 0;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vfxlp-link-'));
    const socket = join(folder, 'socket');
    server = createServer();
    server.listen(socket);
    await once(server, 'listening');
    told = [];
    link = new LogLink({
      socket,
      opening: { provider: 'LP', log: 'fix' },
      onError: () => undefined,
      onNote: () => undefined,
      written: (page, to) => pages.written(page, to),
      ready: () => pages.handOver(),
      behind: (behind) => told.push(behind),
    });
    pages = new LogPages(link);
    [peer] = (await once(server, 'connection')) as [Socket];
    received = 0;
    peer
      .on('error', () => undefined)
      .on('data', (bytes: Buffer) => {
        received += bytes.length;
      });
  });
  afterEach(() => {
    link.end(0, () => undefined);
    peer.destroy();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The process has written so much since it was connected. */
  const written = async (bytes: number): Promise<void> => {
    await vi.waitFor(() => expect(received).toBeGreaterThan(bytes), PATIENCE);
    peer.write(`${bytes}\n`);
  };

  /** @returns how many of the lines were taken */
  const write = (bytes: number): number => {
    let taken = 0;
    for (let n = 0; n < bytes / LINE.length; n += 1) {
      if (!pages.room(LINE.length)) continue;
      pages.page.bytes.set(LINE, pages.length);
      pages.length += LINE.length;
      taken += 1;
    }
    pages.handOver();
    return taken;
  };

  it('asks whoever writes to hold back while the process is behind, and to go on when it has caught up', async () => {
    write(3 * MB);
    expect(told).toEqual([]);
    write(2 * MB);
    expect(told).toEqual([true]);
    await written(2 * MB);
    await new Promise((later) => setTimeout(later, 50));
    expect(told).toEqual([true]);
    await written(4 * MB);
    await vi.waitFor(() => expect(told).toEqual([true, false]), PATIENCE);
    write(4 * MB);
    expect(told).toEqual([true, false, true]);
  });

  it('has nobody wait for longer than a second, and not again before the process has caught up', async () => {
    const began = performance.now();
    write(5 * MB);
    await vi.waitFor(() => expect(told).toEqual([true, false]), PATIENCE);
    expect(performance.now() - began).toBeGreaterThan(900);
    // 8 MB wait at most; the rest is lost, and whoever writes is not held up by that.
    expect(write(6 * MB)).toBeLessThan((6 * MB) / LINE.length);
    expect(told).toEqual([true, false]);
    await written(5 * MB);
    await new Promise((later) => setTimeout(later, 50));
    write(1 * MB);
    expect(told).toEqual([true, false]);
    await written(8 * MB);
    await new Promise((later) => setTimeout(later, 50));
    write(4 * MB);
    expect(told).toEqual([true, false, true]);
  });
});
