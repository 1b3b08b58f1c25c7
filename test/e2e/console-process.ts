import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type Browser, chromium, type ElectronApplication, _electron as electron, type Page } from '@playwright/test';
import { requireElectron } from '../support/electron/electron.ts';
import { unprivilegedElectron, unprivilegedPackage } from '../support/electron/unprivileged.ts';
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
/** What `npm run package:dir` makes. */
export const PACKAGE = resolve('packages/linux-unpacked');
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

/** The packaged application in its own window: nothing of it can be driven from inside, so its page is reached as a debugger of Chromium reaches it. */
export async function startInPackage(
  env: Record<string, string>,
  home: string,
  defer: (undo: () => void | Promise<void>) => void,
): Promise<ConsoleProcess> {
  await requireTool('xvfb');
  const app = await unprivilegedPackage(PACKAGE, home, defer);
  const child = spawn(app.executablePath, ['--remote-debugging-port=0'], {
    env: { ...env, ...app.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const port = await debuggingPort(child);
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
  return {
    pid: child.pid ?? 0,
    application: null,
    page: async () => {
      const [context] = browser.contexts();
      if (context === undefined) throw new Error('the application has no window');
      const page = context.pages()[0] ?? (await context.waitForEvent('page'));
      await page.waitForURL((url) => url.href.startsWith(APP_URL));
      return page;
    },
    stop: async () => {
      await endProcess(child);
    },
  };
}

/** Said by Chromium as it starts; what else the application says is shown. */
export async function debuggingPort(child: ChildProcess): Promise<string> {
  const { stderr } = child;
  if (stderr === null) throw new Error('the application was started without a pipe');
  return new Promise((found, failed) => {
    createInterface({ input: stderr }).on('line', (line) => {
      const [, port] = /^DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(line) ?? [];
      if (port === undefined) process.stderr.write(`${line}\n`);
      else found(port);
    });
    child.once('exit', (code) => failed(new Error(`the application ended with ${String(code)} before it had a window`)));
  });
}

/** The desktop application in its own window. */
export async function startInElectron(
  env: Record<string, string>,
  home: string,
  defer: (undo: () => void | Promise<void>) => void,
): Promise<ConsoleProcess> {
  if (process.platform === 'linux') await requireTool('xvfb');
  const app = await unprivilegedElectron(await requireElectron(), home, defer);
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

export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
