import { createHash } from 'node:crypto';
import { realpathSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isErrno } from '../base/errors.ts';

/** Another console runs on the same data folder. */
class DataFolderInUse extends Error {
  override readonly name = 'DataFolderInUse';
}

/**
 * Makes this process the only console on a data folder. The lock is a listening local socket that the kernel closes with the process,
 * so a crash leaves nothing behind that has to be judged stale. It says the holder's process id to whoever connects.
 * @returns the function that gives the lock up
 * @throws DataFolderInUse naming the other process
 */
export async function lockDataFolder(dataDir: string): Promise<() => Promise<void>> {
  const address = lockAddress(realpathSync(dataDir));
  const server = createServer((socket) => socket.on('error', () => socket.destroy()).end(String(process.pid)));
  for (let attempt = 0; ; attempt += 1) {
    try {
      await listen(server, address);
      server.unref();
      return () => new Promise((done) => server.close(() => done()));
    } catch (error) {
      if (!isErrno(error) || error.code !== 'EADDRINUSE') throw error;
      const holder = await askHolder(address);
      if (holder !== null || attempt === 2) {
        const who = holder === null ? 'another process' : `process ${holder}`;
        throw new DataFolderInUse(
          `Another console (${who}) runs on the data folder ${dataDir}: stop it, or give this one its own VFXLP_DATA_DIR`,
        );
      }
      if (address.startsWith(tmpdir())) rmSync(address, { force: true });
    }
  }
}

/** Linux: a socket in the abstract namespace; Windows: a named pipe; elsewhere a socket file. */
function lockAddress(dataDir: string): string {
  const name = `vfxlp-${createHash('sha256').update(dataDir).digest('hex').slice(0, 32)}`;
  if (process.platform === 'linux') return `\0${name}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

function listen(server: Server, address: string): Promise<void> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(address, () => {
      server.off('error', failed);
      done();
    });
  });
}

/** The holder's process id; null when nobody answers. */
function askHolder(address: string): Promise<string | null> {
  return new Promise((answer) => {
    let text = '';
    const socket = connect(address);
    socket.setTimeout(2_000, () => socket.destroy());
    socket.on('data', (bytes) => {
      text += bytes.toString('utf8');
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => answer(text === '' ? null : text));
  });
}
