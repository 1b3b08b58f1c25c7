import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Browser, chromium, type ElectronApplication, _electron as electron, type Page } from '@playwright/test';
import { requireElectron } from '../support/electron/electron.ts';
import { unprivilegedApp } from '../support/electron/unprivileged.ts';
import { requireTool } from '../support/system-tools.ts';

/** The console under test, from the side of whoever sits before it. */
export interface ConsoleProcess {
  readonly pid: number;
  /** Electron's own side; null in a browser. */
  readonly application: ElectronApplication | null;
  /** A page on the console: a new tab, or the application's window. */
  page(): Promise<Page>;
  /** Ends it as the operator would; resolves when the process is gone. */
  stop(): Promise<void>;
}

const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const APP_URL = 'app://console/index.html';
const VIEWPORT = { width: 1600, height: 1000 };

/** `npm run serve`, seen in Debian's Chromium. */
export async function startInBrowser(env: Record<string, string>, pageUrl: string): Promise<ConsoleProcess> {
  const executablePath = await requireTool('chromium');
  const child = spawn(process.execPath, ['out/main/serve.js'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  await firstLine(child);
  let browser: Browser | null = null;
  return {
    pid: child.pid ?? 0,
    application: null,
    page: async () => {
      browser ??= await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
      const page = await browser.newPage({ viewport: VIEWPORT });
      await page.goto(pageUrl);
      return page;
    },
    stop: async () => {
      await browser?.close();
      await endProcess(child);
    },
  };
}

/** The desktop application in its own window. */
export async function startInElectron(
  env: Record<string, string>,
  home: string,
  defer: (undo: () => void | Promise<void>) => void,
): Promise<ConsoleProcess> {
  await requireTool('xvfb');
  const app = await unprivilegedApp(await requireElectron(), home, defer);
  const application = await electron.launch({
    executablePath: app.executablePath,
    args: [app.main],
    env: { ...env, ...app.env },
    chromiumSandbox: true,
  });
  const child = application.process();
  return {
    pid: child.pid ?? 0,
    application,
    page: async () => {
      const page = await application.firstWindow();
      // One window for all specs: each begins at the overview, with nothing of the one before.
      await page.waitForURL((url) => url.href.startsWith(APP_URL));
      await page.goto(APP_URL);
      return page;
    },
    stop: async () => {
      // A signal: quitting by hand would ask first whether to log the LPs out.
      await endProcess(child);
    },
  };
}

async function firstLine(child: ChildProcess): Promise<void> {
  const { stdout } = child;
  if (stdout === null) throw new Error('the console was started without a pipe');
  await Promise.race([
    once(stdout, 'data'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the console ended with ${String(code)} before it was ready`);
    }),
  ]);
  stdout.resume();
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
