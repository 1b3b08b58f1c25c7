import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../main/base/free-port.ts';

export const SERVE_TOKEN = 'serve-process-token-0123456789';

export interface ServeOptions {
  /** Of Node itself. */
  readonly nodeArgs?: readonly string[];
  /** Kept at the end when given; else a new one, which `dispose` removes. */
  readonly dataDir?: string;
  readonly fixLogDir?: string;
  /** Further variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the console is started by: `unshare …`. */
  readonly under?: readonly string[];
  readonly port?: number;
}

/** The built headless console in a process of its own (`npm run build` first), from the side of whoever runs it. */
export interface ServeProcess {
  readonly child: ChildProcess;
  readonly port: number;
  readonly dataDir: string;
  readonly fixLogDir: string;
  /** The end of what it and its engines wrote to the standard error. */
  stderr(): string;
  /** A request of the admin API with the token; throws what is no success. */
  api(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Ends it if it still runs, and removes its folder. */
  dispose(): Promise<void>;
}

/** Resolves when it listens. @param databaseUrl null: the embedded PostgreSQL */
export async function startServe(databaseUrl: string | null, options: ServeOptions = {}): Promise<ServeProcess> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'vfxlp-serve-'));
  const fixLogDir = options.fixLogDir ?? join(dataDir, 'fix');
  const port = options.port ?? (await freePort());
  const [command = '', ...args] = [...(options.under ?? []), process.execPath, ...(options.nodeArgs ?? []), 'out/main/serve.js'];
  const child = spawn(command, args, {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      ...(databaseUrl === null ? {} : { VFXLP_DATABASE_URL: databaseUrl }),
      VFXLP_DATA_DIR: dataDir,
      VFXLP_FIX_LOG_DIR: fixLogDir,
      VFXLP_ADMIN_PORT: String(port),
      VFXLP_ADMIN_TOKEN: SERVE_TOKEN,
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-20_000);
  });
  const exited = once(child, 'exit');
  await Promise.race([
    once(child.stdout, 'data'),
    exited.then(([code]) => {
      throw new Error(`the console ended with ${String(code)} before it listened: ${stderr}`);
    }),
  ]);
  child.stdout.resume();
  return {
    child,
    port,
    dataDir,
    fixLogDir,
    stderr: () => stderr,
    async api(method, path, body) {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${SERVE_TOKEN}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      return response.json();
    },
    async dispose() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
      // Its helpers end with it, and a moment later.
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
