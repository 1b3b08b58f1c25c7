import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, dialog } from 'electron';
import { systemClock } from './base/clock.ts';
import { withDeadline } from './base/deadline.ts';
import { messageOf } from './base/errors.ts';
import { type RunningConsole, startConsole } from './console.ts';
import type { Actor } from './contracts/audit.ts';
import { Connection } from './ipc/connection.ts';
import { type ElectronIpc, startElectronIpc } from './ipc/electron-ipc.ts';
import { openAppLog } from './logs/app-logger.ts';
import { closeWhatIsMade } from './settings/close-folders.ts';
import { readSettings, type Settings } from './settings/settings.ts';
import { APP_URL, registerAppScheme, serveApp } from './shell/app-protocol.ts';
import { askQuit } from './shell/ask-quit.ts';
import { type OpenDesk, openDesk } from './shell/desk.ts';
import { DeskMemory } from './shell/desk-memory.ts';
import { killAllByMenu } from './shell/kill-all.ts';
import { MainWindow } from './shell/main-window.ts';
import { installMenu } from './shell/menu.ts';
import { quitInOrder } from './shell/quit.ts';
import { denyPermissions, hardenApp } from './shell/security.ts';
import { utilityHelper } from './shell/utility-helper.ts';
import { utilityLauncher } from './shell/utility-launcher.ts';
import { stayAwake } from './shell/wakefulness.ts';

/** The sessions do not wait longer for a window. */
const PAINT_WAIT_MS = 1_000;

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Composition root of the desktop console: engines are utility processes, the screen is this application's window. */
async function start(settings: Settings): Promise<void> {
  const appLog = openAppLog({ dataDir: settings.dataDir });
  const log = appLog.logger;
  process.once('exit', () => appLog.flushSync());
  // Whatever becomes of the process, the log of the console has the stack.
  process.on('uncaughtExceptionMonitor', (err, origin) => log.fatal({ err, origin }, 'A defect'));
  let opening: Promise<RunningConsole> | null = null;
  let running: RunningConsole | null = null;
  let ipc: ElectronIpc | null = null;
  let sleepAgain = (): void => undefined;
  let desk: OpenDesk | null = null;
  const tell = (text: string): void => log.info(text);
  const quitting = quitInOrder(
    // A console that is still being opened is closed once it is open: half of it cannot be.
    async () => {
      const opened = await opening?.catch(() => null);
      sleepAgain();
      await desk?.close();
      await opened?.close();
      // What a window asks meanwhile is still answered.
      await ipc?.close();
    },
    // One that is not yet up has no session that would end.
    async () => running === null || askQuit(running.loggedOn().length),
    (err) => log.fatal({ err }, 'The shutdown was not orderly'),
  );
  app.on('window-all-closed', () => app.quit());
  const memory = new DeskMemory(join(app.getPath('userData'), 'desk.json'), systemClock, tell);
  const windows = { preload: here('../preload/index.cjs'), clock: systemClock, tell, memory };
  const window = new MainWindow({ ...windows, mayClose: quitting.mayClose });
  const show = (): void => {
    if (!quitting.now()) window.show();
  };
  app.on('second-instance', show);
  app.on('activate', show);
  show();
  // Starting a database at once would keep the window from being painted for seconds, on a machine with few processors.
  await withDeadline(systemClock, PAINT_WAIT_MS, window.painted);
  if (quitting.now()) return;

  opening = startConsole({
    settings,
    clock: systemClock,
    log,
    launcher: utilityLauncher(here('./engine.js')),
    latchWriter: utilityHelper(here('./latch-writer.js'), 'Kill latches'),
    logServer: utilityHelper(here('./log-server.js'), 'Logs'),
    readingThread: here('./reading-thread.js'),
    version: app.getVersion(),
    rendererDir: here('../renderer'),
    env: process.env,
    onStep: (step) => window.step(step),
  });
  let up: RunningConsole;
  try {
    up = await opening;
  } catch (error) {
    // Who has asked it to end meanwhile need not hear that it could not begin.
    if (quitting.now()) return;
    throw error;
  }
  if (quitting.now()) return;
  running = up;
  sleepAgain = stayAwake(up, systemClock, tell);
  const actor: Actor = { name: userInfo().username, role: 'admin', claimed: null, source: 'desktop', from: 'this machine' };
  const served = startElectronIpc({
    dispatcher: up.dispatcher,
    feed: up.feed,
    tails: up.tails,
    actor,
    rendererUrl: APP_URL,
    log,
  });
  ipc = served;
  desk = openDesk({ ...windows, main: window, served, quitting: quitting.now });
  installMenu(() => {
    const kill = async (reason: string): Promise<string> => {
      const connection = new Connection(actor, up.tails, () => undefined);
      const killed = await up.dispatcher.dispatch('lp.kill-all', { reason, typed: 'KILL' }, connection);
      return killed.ok ? 'Killed. The overview shows how far each LP has got.' : killed.error.message;
    };
    killAllByMenu(kill).catch((err: unknown) => log.error({ err }, 'The question whether to kill all LPs could not be shown'));
  }, desk.view);
}

closeWhatIsMade();
registerAppScheme();
hardenApp();
const read = readSettings(process.env);
// One console per data folder, wherever the home folder is, and whether or not it can be written.
if (read.ok) app.setPath('userData', join(read.value.dataDir, 'desktop'));
if (app.requestSingleInstanceLock()) {
  // Not awaited: Electron holds the ready event back until this module has been evaluated.
  void app.whenReady().then(async () => {
    denyPermissions();
    serveApp(here('../renderer'));
    try {
      if (!read.ok) throw new Error(read.error.message);
      await start(read.value);
    } catch (error) {
      await dialog.showMessageBox({
        type: 'error',
        title: 'VFXLP console',
        message: 'The VFXLP console did not start',
        detail: messageOf(error),
      });
      app.exit(1);
    }
  });
} else {
  app.quit();
}
