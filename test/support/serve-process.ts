import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../main/base/free-port.ts';

const TOKEN = 'serve-process-token-0123456789';

/** The built headless console in a process of its own (`npm run build` first), from the side of whoever runs it. */
export interface ServeProcess {
  readonly child: ChildProcess;
  readonly port: number;
  /** A request of the admin API with the token; throws what is no success. */
  api(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Ends it if it still runs, and removes its folder. */
  dispose(): Promise<void>;
}

/** Resolves when it listens. */
export async function startServe(databaseUrl: string): Promise<ServeProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'vfxlp-serve-'));
  const port = await freePort();
  const child = spawn(process.execPath, ['out/main/serve.js'], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      VFXLP_DATABASE_URL: databaseUrl,
      VFXLP_DATA_DIR: dataDir,
      VFXLP_FIX_LOG_DIR: join(dataDir, 'fix'),
      VFXLP_ADMIN_PORT: String(port),
      VFXLP_ADMIN_TOKEN: TOKEN,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  await Promise.race([
    once(child.stdout, 'data'),
    exited.then(([code]) => {
      throw new Error(`the console ended with ${String(code)} before it listened`);
    }),
  ]);
  child.stdout.resume();
  return {
    child,
    port,
    async api(method, path, body) {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${TOKEN}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      return response.json();
    },
    async dispose() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
