import { userInfo } from 'node:os';
import { systemClock } from './base/clock.ts';
import { startConsole } from './console.ts';
import type { Actor } from './contracts/audit.ts';
import { Connection } from './ipc/connection.ts';
import { startElectronIpc } from './ipc/electron-ipc.ts';
import { openAppLog } from './logs/app-logger.ts';
import { readSettings } from './settings/settings.ts';
import { APP_URL } from './shell/app-protocol.ts';
import type { WindowParts } from './shell/console-window.ts';
import { openDesk } from './shell/desk.ts';
import type { DeskMemory } from './shell/desk-memory.ts';
import type { EarlyNotes } from './shell/early-notes.ts';
import { killAllByMenu } from './shell/kill-all.ts';
import type { MainWindow } from './shell/main-window.ts';
import { installMenu } from './shell/menu.ts';
import type { Quitting } from './shell/quit.ts';
import { utilityHelper } from './shell/utility-helper.ts';
import { utilityLauncher } from './shell/utility-launcher.ts';
import { stayAwake } from './shell/wakefulness.ts';

interface DesktopParts {
  readonly notes: EarlyNotes;
  /** What every window has. */
  readonly windows: WindowParts & { readonly memory: DeskMemory };
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
  window,
  quitting,
  here,
  version,
}: DesktopParts): Promise<DesktopConsole | null> {
  const read = readSettings(process.env);
  if (!read.ok) throw new Error(read.error.message);
  const settings = read.value;
  const appLog = openAppLog({ dataDir: settings.dataDir });
  const log = appLog.logger;
  process.once('exit', () => appLog.flushSync());
  // Whatever becomes of the process, the log of the console has the stack.
  process.on('uncaughtExceptionMonitor', (err, origin) => log.fatal({ err, origin }, 'A defect'));
  notes.goTo(log);
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
  installMenu(killAll, desk.view);
  return {
    loggedOn: up.loggedOn,
    hides: desk.hides,
    close: async () => {
      sleepAgain();
      await desk.close();
      await up.close();
      // What a window asks meanwhile is still answered.
      await served.close();
    },
  };
}
