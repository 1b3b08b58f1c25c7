import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type Page } from '@playwright/test';
import { freePort } from '../../../main/base/free-port.ts';
import type { LpDraft } from '../../../main/contracts/lp-config.ts';
import type { LpView } from '../../../main/contracts/lp-view.ts';
import { debuggingPort, endProcess } from '../../e2e/console-process.ts';
import { SimulatorProcess } from '../../simulator/simulator-process.ts';
import { requireElectron } from '../../support/electron/electron.ts';
import { unprivilegedElectron } from '../../support/electron/unprivileged.ts';

const TOKEN = 'desktop-bench-token-0123456789';
const WITHIN_MS = 60_000;
const ASK_EVERY_MS = 100;

/** The application, started as a person starts it: by no driver that would hold it up. */
interface RunningApp {
  readonly pid: number;
  /** Its window; whoever asks for it attaches to the application. */
  page(): Promise<Page>;
}

interface StartFigures {
  readonly readyToPaint: number;
  readonly beginToPaint: number;
  readonly beginToLoggedOn: number;
}

/** One data folder with its simulated LPs, on which the application is started again and again. */
export class BenchDesk {
  readonly #home: string;
  readonly #app: Awaited<ReturnType<typeof unprivilegedElectron>>;
  readonly #port: number;
  readonly #undo: (() => unknown)[];
  readonly #providers: string[] = [];

  private constructor(
    home: string,
    app: Awaited<ReturnType<typeof unprivilegedElectron>>,
    port: number,
    undo: (() => unknown)[],
  ) {
    this.#home = home;
    this.#app = app;
    this.#port = port;
    this.#undo = undo;
  }

  static async open(): Promise<BenchDesk> {
    const undo: (() => unknown)[] = [];
    const home = mkdtempSync(join(tmpdir(), 'vfxlp-bench-desktop-'));
    undo.push(() => rmSync(home, { recursive: true }));
    const app = await unprivilegedElectron(await requireElectron(), home, (one) => undo.push(one));
    return new BenchDesk(home, app, await freePort(), undo);
  }

  async close(): Promise<void> {
    for (const undo of this.#undo.reverse()) await undo();
  }

  /** Starts the application, and ends it when `use` has. */
  async run(use: (app: RunningApp) => Promise<unknown>): Promise<void> {
    const child = spawn(this.#app.executablePath, [this.#app.main, '--remote-debugging-port=0'], {
      env: this.#env(this.#app.env),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      const port = await debuggingPort(child);
      await this.#listens();
      await use({
        pid: child.pid ?? 0,
        page: async () => {
          const [context] = (await chromium.connectOverCDP(`http://127.0.0.1:${port}`)).contexts();
          const page = context?.pages()[0] ?? (await context?.waitForEvent('page'));
          if (page === undefined) throw new Error('the application has no window');
          await page.waitForURL((url) => url.pathname === '/index.html', { timeout: WITHIN_MS });
          return page;
        },
      });
    } finally {
      await endProcess(child);
    }
  }

  /** The same folder by the headless console. @param use gets the process id of an engine */
  async headless(use: (enginePid: number) => Promise<unknown>): Promise<void> {
    const child = spawn(process.execPath, ['out/main/serve.js'], { env: this.#env({}), stdio: ['ignore', 'ignore', 'inherit'] });
    try {
      const { enginePid } = await this.#loggedOn(this.#providers[0] ?? '');
      if (enginePid === null) throw new Error('there is no engine');
      await use(enginePid);
    } finally {
      await endProcess(child);
    }
  }

  /** LPs that log on, and stay so in the starts to come. @param rate application messages a second from each */
  async addLps(count: number, rate: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      const simulator = await SimulatorProcess.start({ rate });
      this.#undo.push(() => simulator.stop());
      const provider = `BENCH-${this.#providers.length + 1}`;
      const draft: LpDraft = {
        provider,
        host: '127.0.0.1',
        port: simulator.port,
        senderCompId: provider,
        targetCompId: 'LPSIM',
        heartBtInt: 30,
        ssl: false,
      };
      await this.#api('PUT', `/lps/${provider}?actor=bench`, draft);
      await this.#api('POST', `/lps/${provider}/activate`, { reason: 'bench', actor: 'bench' });
      this.#providers.push(provider);
    }
    for (const provider of this.#providers) await this.#loggedOn(provider);
  }

  /** Of the start that is running. */
  async startFigures({ pid }: RunningApp): Promise<StartFigures> {
    const { loggedOnAtMs } = await this.#loggedOn(this.#providers[0] ?? '');
    const said = readFileSync(join(this.#home, 'logs', 'console.log'), 'utf8')
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as { pid: number; time: string; msg: string }]))
      .filter((line) => line.msg.startsWith('First paint'))
      .at(-1);
    const [, ready, begin] = /^First paint (\d+) ms after the application was ready, (\d+) ms after/.exec(said?.msg ?? '') ?? [];
    if (said === undefined) throw new Error(`process ${pid} has not said when it was painted`);
    const paintedMs = Date.parse(said.time);
    return {
      readyToPaint: Number(ready),
      beginToPaint: Number(begin),
      beginToLoggedOn: (loggedOnAtMs ?? Number.NaN) - paintedMs + Number(begin),
    };
  }

  /** Of the first LP. */
  async enginePid(): Promise<number | null> {
    return (await this.#loggedOn(this.#providers[0] ?? '')).enginePid;
  }

  #env(more: Readonly<Record<string, string>>): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '',
      ...more,
      VFXLP_DATA_DIR: this.#home,
      VFXLP_FIX_LOG_DIR: join(this.#home, 'fix'),
      VFXLP_ADMIN_PORT: String(this.#port),
      VFXLP_ADMIN_TOKEN: TOKEN,
    };
  }

  async #listens(): Promise<void> {
    for (const endMs = Date.now() + WITHIN_MS; Date.now() < endMs; await delay(ASK_EVERY_MS))
      if ((await fetch(`http://127.0.0.1:${this.#port}/healthz`).catch(() => null))?.ok) return;
    throw new Error(`the console did not answer within ${WITHIN_MS / 1000} s`);
  }

  async #loggedOn(provider: string): Promise<LpView> {
    for (const endMs = Date.now() + WITHIN_MS; Date.now() < endMs; await delay(ASK_EVERY_MS)) {
      const answer = await this.#api('GET', `/lps/${provider}`).catch(() => null);
      const { lp } = (answer ?? {}) as { lp?: LpView };
      if (lp?.state.kind === 'logged-on') return lp;
    }
    throw new Error(`${provider} did not log on within ${WITHIN_MS / 1000} s`);
  }

  async #api(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${this.#port}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}
