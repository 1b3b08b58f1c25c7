import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';
import pg from 'pg';
import { freePort } from '../../main/base/free-port.ts';
import { LP_STATUS_SUBJECT, type LpStatusEvent } from '../../main/contracts/events.ts';
import type { LpDraft } from '../../main/contracts/lp-config.ts';
import type { LpView } from '../../main/contracts/lp-view.ts';
import { type SimulatorArguments, SimulatorProcess } from '../simulator/simulator-process.ts';
import { CertificateAuthority } from '../support/certificates.ts';
import { startTestNats } from '../support/nats.ts';
import { type ConsoleProcess, startInBrowser, startInElectron, startInPackage } from './console-process.ts';

export interface DeskOptions {
  /** What shows the console: Chromium on the headless console, Electron's own window, or that of the packaged application. */
  readonly shell: 'browser' | 'electron' | 'package';
}

/** One console with everything around it, all of it real. Owned by a worker. */
export interface Desk {
  readonly console: ConsoleProcess;
  readonly dataDir: string;
  readonly fixLogDir: string;
  readonly adminUrl: string;
  readonly authority: CertificateAuthority;
  /** Status events that NATS delivered, in order. */
  events(provider: string): readonly LpStatusEvent[];
  /** As from psql. */
  sql(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  status(provider: string): Promise<unknown>;
  api(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown>;
  view(provider: string): Promise<LpView>;
  /** Starts a simulated LP; it ends with the test. */
  simulator(options?: SimulatorArguments): Promise<SimulatorProcess>;
  /** Configures an LP, inactive, under a name that no other test uses. */
  lp(name: string, port: number, change?: Partial<LpDraft>): Promise<string>;
}

export const TOKEN = 'end-to-end-token-0123456789';

/** The environment of a console on a data folder. */
export const consoleEnv = (dataDir: string, adminPort: number | 'off'): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  VFXLP_DATA_DIR: dataDir,
  VFXLP_FIX_LOG_DIR: join(dataDir, 'fix'),
  VFXLP_ADMIN_PORT: String(adminPort),
  VFXLP_ADMIN_TOKEN: TOKEN,
});

async function startDesk(
  shell: DeskOptions['shell'],
  closers: AsyncDisposableStack,
): Promise<{ desk: Desk; endSimulators: () => Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'vfxlp-e2e-'));
  closers.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const fixLogDir = join(dataDir, 'fix');
  const authority = await CertificateAuthority.create(join(dataDir, 'ca'));
  const nats = await startTestNats();
  closers.defer(() => nats.stop());
  const subscription = await nats.subscribe(LP_STATUS_SUBJECT);
  closers.defer(() => subscription.close());

  const adminPort = await freePort();
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  const env = { ...consoleEnv(dataDir, adminPort), HOME: process.env['HOME'] ?? dataDir, VFXLP_NATS_URL: nats.url };
  const starts = {
    browser: () => startInBrowser(env, `${adminUrl}/#token=${TOKEN}`),
    electron: () => startInElectron(env, dataDir, (undo) => closers.defer(undo)),
    package: () => startInPackage(env, dataDir, (undo) => closers.defer(undo)),
  };
  const console = await starts[shell]();
  closers.defer(() => console.stop());
  await expect.poll(() => healthy(adminUrl), { timeout: 30_000 }).toBe(true);

  const database = new pg.Client({ connectionString: readFileSync(join(dataDir, 'database-url'), 'utf8').trim() });
  database.on('error', () => undefined);
  await database.connect();
  closers.defer(() => database.end());

  const sql: Desk['sql'] = async (text, values = []) => (await database.query(text, [...values])).rows;
  const api: Desk['api'] = async (method, path, body) => {
    const response = await fetch(`${adminUrl}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };
  let simulators: SimulatorProcess[] = [];
  let names = 0;
  const desk: Desk = {
    console,
    adminUrl,
    dataDir,
    fixLogDir,
    authority,
    events: (provider) =>
      subscription.received.map(({ payload }) => payload as LpStatusEvent).filter((event) => event.provider === provider),
    sql,
    status: async (provider) =>
      (await sql('SELECT status FROM "vfx_LPProviderConfig" WHERE "Provider" = $1', [provider]))[0]?.['status'],
    api,
    view: async (provider) => ((await api('GET', `/lps/${provider}`)) as { lp: LpView }).lp,
    simulator: async (options = {}) => {
      const simulator = await SimulatorProcess.start(options);
      simulators.push(simulator);
      return simulator;
    },
    lp: async (name, port, change = {}) => {
      names += 1;
      const provider = `${name}-${names}`;
      await api('PUT', `/lps/${provider}?actor=end-to-end`, {
        provider,
        host: '127.0.0.1',
        port,
        // A session of its own: two rows of one FIX session would have one message store, and one writer.
        senderCompId: provider,
        targetCompId: 'LPSIM',
        heartBtInt: 1,
        ssl: false,
        retry: { baseMs: 1_500, logonBaseMs: 1_500, capMs: 3_000 },
        ...change,
      } satisfies LpDraft);
      return provider;
    },
  };
  const endSimulators = async (): Promise<void> => {
    await Promise.all(simulators.map((simulator) => simulator.stop()));
    simulators = [];
  };
  closers.defer(endSimulators);
  return { desk, endSimulators };
}

async function healthy(adminUrl: string): Promise<boolean> {
  try {
    return (await fetch(`${adminUrl}/healthz`)).ok;
  } catch {
    return false;
  }
}

export const test = base.extend<
  { desk: Desk; ownDesk: Desk; page: Page },
  DeskOptions & { startedDesk: Awaited<ReturnType<typeof startDesk>> }
>({
  shell: ['browser', { option: true, scope: 'worker' }],
  startedDesk: [
    async ({ shell }, use) => {
      const closers = new AsyncDisposableStack();
      try {
        await use(await startDesk(shell, closers));
      } finally {
        await closers.disposeAsync();
      }
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  desk: async ({ startedDesk }, use) => {
    await use(startedDesk.desk);
    await startedDesk.endSimulators();
  },
  /** For specs that end the console. */
  ownDesk: async ({ shell }, use) => {
    const closers = new AsyncDisposableStack();
    try {
      await use((await startDesk(shell, closers)).desk);
    } finally {
      await closers.disposeAsync();
    }
  },
  page: async ({ startedDesk, shell }, use) => {
    const page = await startedDesk.desk.console.page();
    const errors: string[] = [];
    const note = (error: Error): number => errors.push(error.message);
    page.on('pageerror', note);
    await use(page);
    page.off('pageerror', note);
    if (shell === 'browser') await page.close();
    expect(errors, 'errors in the page').toEqual([]);
  },
});

export { expect };
