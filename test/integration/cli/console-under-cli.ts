import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const TOKEN = 'cli-test-token-0001';

/** A console in a process of its own, as `npm run serve` starts it; the built one. */
export class ServedConsole {
  readonly child: ChildProcess;
  readonly adminUrl: string;

  private constructor(child: ChildProcess, adminUrl: string) {
    this.child = child;
    this.adminUrl = adminUrl;
  }

  static async start(dataDir: string, databaseUrl: string): Promise<ServedConsole> {
    const child = spawn(process.execPath, ['out/main/serve.js'], {
      env: {
        PATH: process.env['PATH'],
        VFXLP_DATA_DIR: dataDir,
        VFXLP_FIX_LOG_DIR: `${dataDir}/fix`,
        VFXLP_DATABASE_URL: databaseUrl,
        VFXLP_ADMIN_PORT: '0',
        VFXLP_ADMIN_TOKEN: TOKEN,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout });
    const line = await Promise.race([
      once(lines, 'line').then(([first]) => String(first)),
      once(child, 'exit').then(([code]) => {
        throw new Error(`the console ended with ${String(code)}`);
      }),
    ]);
    lines.close();
    child.stdout.resume();
    return new ServedConsole(child, (JSON.parse(line) as { adminUrl: string }).adminUrl);
  }

  async api(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.adminUrl}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  /** SIGKILL or SIGTERM; resolves when the process is gone. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill(signal);
    if (signal === 'SIGTERM') this.child.kill('SIGCONT');
    await gone;
  }
}

export interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly json: unknown;
}

/** Runs the built `vfxlp`. */
export function vfxlp(dataDir: string, ...args: readonly string[]): Promise<Said> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], VFXLP_DATA_DIR: dataDir, VFXLP_ADMIN_TOKEN: TOKEN };
    const child = execFile(process.execPath, ['out/main/cli.js', ...args], { env }, (_error, stdout, stderr) => {
      const json: unknown = args.includes('--json') && stdout !== '' ? JSON.parse(stdout) : null;
      resolve({ status: child.exitCode ?? -1, stdout, stderr, json });
    });
  });
}
