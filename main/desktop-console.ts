import { arch, release, userInfo } from 'node:os';
import { join } from 'node:path';
import { systemClock } from './base/clock.ts';
import { PLATFORM } from './base/platform.ts';
import { startConsole } from './console.ts';
import type { Actor } from './contracts/audit.ts';
import { Connection } from './ipc/connection.ts';
import { startElectronIpc } from './ipc/electron-ipc.ts';
import { openAppLog } from './logs/app-logger.ts';
import { keepKey } from './settings/key-keeping.ts';
import { readSettings } from './settings/settings.ts';
import { APP_URL } from './shell/app-protocol.ts';
import type { WindowParts } from './shell/console-window.ts';
import type { CrashReports } from './shell/crash-reports.ts';
import { offerCrashReports } from './shell/crash-watch.ts';
import { openDesk } from './shell/desk.ts';
import type { DeskMemory } from './shell/desk-memory.ts';
import { diagnosticsText } from './shell/diagnostics.ts';
import type { EarlyNotes } from './shell/early-notes.ts';
import { helpMenu } from './shell/help-menu.ts';
import { systemKeychain } from './shell/keychain.ts';
import { killAllByMenu } from './shell/kill-all.ts';
import type { MainWindow } from './shell/main-window.ts';
import { installMenu } from './shell/menu.ts';
import type { Quitting } from './shell/quit.ts';
import { updatesFrom } from './shell/updates.ts';
import { utilityHelper } from './shell/utility-helper.ts';
import { utilityLauncher } from './shell/utility-launcher.ts';
import { stayAwake } from './shell/wakefulness.ts';

interface DesktopParts {
  readonly notes: EarlyNotes;
  /** What every window has. */
  readonly windows: WindowParts & { readonly memory: DeskMemory };
  readonly reports: CrashReports;
  readonly window: MainWindow;
  readonly quitting: Quitting;
  /** A path beside the built main. */
  readonly here: (path: string) => string;
  readonly version: string;
}

/** The console behind the window. */
export interface DesktopConsole {
  /** The LPs that are logged on here. */
  readonly loggedOn: () => readonly string[];
  /** A person closes the window. @returns whether it went to the tray instead */
  readonly hides: () => boolean;
  close(): Promise<void>;
}

/**
 * Composition root of the desktop's console, loaded once the window is painted: engines are utility processes, the screen is this application's window.
 *
 * @returns null when the application was told to end meanwhile, and nothing is open
 * @throws Error with a sentence for the operator
 */
export async function openDesktopConsole({
  notes,
  windows,
  reports,
  window,
  quitting,
  here,
  version,
}: DesktopParts): Promise<DesktopConsole | null> {
  let keyKept = 'by whoever set VFXLP_SECRET_KEY';
  const read = readSettings(process.env, (dataDir, wanted) => {
    const { keychain, why } = systemKeychain();
    const { text, kept } = keepKey(dataDir, keychain, why, wanted);
    keyKept = kept;
    return text;
  });
  if (!read.ok) throw new Error(read.error.message);
  const settings = read.value;
  const appLog = openAppLog({ dataDir: settings.dataDir });
  const log = appLog.logger;
  process.once('exit', () => appLog.flushSync());
  notes.goTo(log);
  log.info(`The key of the stored passwords is kept ${keyKept}`);
  if (quitting.now()) return null;

  const up = await startConsole({
    settings,
    clock: systemClock,
    log,
    launcher: utilityLauncher(here('./engine.js')),
    latchWriter: utilityHelper(here('./latch-writer.js'), 'Kill latches'),
    logServer: utilityHelper(here('./log-server.js'), 'Logs'),
    readingThread: here('./reading-thread.js'),
    version,
    rendererDir: here('../renderer'),
    env: process.env,
    onStep: (step) => window.step(step),
  });
  if (quitting.now()) return { loggedOn: up.loggedOn, hides: () => false, close: () => up.close() };
  const sleepAgain = stayAwake(up, systemClock, (text) => log.info(text));
  const actor: Actor = { name: userInfo().username, role: 'admin', claimed: null, source: 'desktop', from: 'this machine' };
  const served = startElectronIpc({
    dispatcher: up.dispatcher,
    feed: up.feed,
    tails: up.tails,
    actor,
    rendererUrl: APP_URL,
    log,
  });
  const killAll = (): void => {
    const kill = async (reason: string): Promise<string> => {
      const connection = new Connection(actor, up.tails, () => undefined);
      const killed = await up.dispatcher.dispatch('lp.kill-all', { reason, typed: 'KILL' }, connection);
      return killed.ok ? 'Killed. The overview shows how far each LP has got.' : killed.error.message;
    };
    killAllByMenu(kill).catch((err: unknown) => log.error({ err }, 'The question whether to kill all LPs could not be shown'));
  };
  const desk = openDesk({ ...windows, main: window, served, feed: up.feed, killAll, quitting: quitting.now });
  const help = helpMenu({
    logsFolder: join(settings.dataDir, 'logs'),
    diagnostics: () =>
      diagnosticsText({
        version,
        versions: process.versions,
        system: `${PLATFORM} ${release()} ${arch()}`,
        health: up.health(),
        loggedOn: up.loggedOn().length,
        settings,
        keyKept,
      }),
    about: () => [
      `Version ${version}`,
      `Electron ${process.versions['electron']}, Chromium ${process.versions['chrome']}, Node ${process.versions.node}`,
      `The key of the stored passwords is kept ${keyKept}.`,
    ],
    tell: (text) => log.warn(text),
  });
  installMenu(killAll, desk.view, help);
  const updates = settings.updateFeed ? updatesFrom(settings.updateFeed, (text) => log.info(text)) : null;
  offerCrashReports(reports, (text) => log.warn(text)).catch((err: unknown) =>
    log.error({ err }, 'A report could not be offered'),
  );
  return {
    loggedOn: up.loggedOn,
    hides: desk.hides,
    close: async () => {
      (await updates)?.();
      sleepAgain();
      await desk.close();
      await up.close();
      // What a window asks meanwhile is still answered.
      await served.close();
    },
  };
}
