import { userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import { app, dialog } from 'electron';
import { systemClock } from './base/clock.ts';
import { messageOf } from './base/errors.ts';
import { type RunningConsole, startConsole } from './console.ts';
import { startElectronIpc } from './ipc/electron-ipc.ts';
import { openAppLog } from './logs/app-logger.ts';
import { readSettings } from './settings/settings.ts';
import { APP_URL, registerAppScheme, serveApp } from './shell/app-protocol.ts';
import { askQuit } from './shell/ask-quit.ts';
import { showMainWindow } from './shell/main-window.ts';
import { installMenu } from './shell/menu.ts';
import { denyPermissions, hardenApp } from './shell/security.ts';
import { utilityLauncher } from './shell/utility-launcher.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Composition root of the desktop console: engines are utility processes, the screen is this application's window. */
async function start(): Promise<void> {
  const read = readSettings(process.env);
  if (!read.ok) throw new Error(read.error.message);
  const settings = read.value;
  const appLog = openAppLog({ dataDir: settings.dataDir });
  const log = appLog.logger;
  process.once('exit', () => appLog.flushSync());
  // Whatever becomes of the process, the log of the console has the stack.
  process.on('uncaughtExceptionMonitor', (err, origin) => log.fatal({ err, origin }, 'A defect'));
  const running = await startConsole({
    settings,
    clock: systemClock,
    log,
    launcher: utilityLauncher(here('./engine.js')),
    latchWriter: here('./latch-writer.js'),
    version: app.getVersion(),
    rendererDir: here('../renderer'),
    env: process.env,
  });
  const ipc = startElectronIpc({
    dispatcher: running.dispatcher,
    feed: running.feed,
    tails: running.tails,
    actor: { name: userInfo().username, role: 'admin', claimed: null, source: 'desktop', from: 'this machine' },
    rendererUrl: APP_URL,
    log,
  });
  const quitting = quitInOrder(
    running,
    () => ipc.close(),
    (err) => log.fatal({ err }, 'The shutdown was not orderly'),
  );

  const show = (): Promise<void> =>
    showMainWindow(here('../preload/index.cjs'), (contents) => ipc.attach(contents), quitting.mayClose);
  const showAgain = (): void => {
    // While it logs out there is nothing left that a window could show.
    if (quitting.now()) return;
    show().catch((err: unknown) => log.error({ err }, 'The window could not be opened'));
  };
  app.on('second-instance', showAgain);
  app.on('activate', showAgain);
  app.on('window-all-closed', () => app.quit());
  await show();
}

/**
 * Quitting logs every session out first: the application ends when the console has. What a window asks meanwhile is still answered.
 * A person is asked once whether that is meant; a signal is not.
 */
function quitInOrder(
  running: RunningConsole,
  closeIpc: () => Promise<void>,
  failed: (error: unknown) => void,
): { readonly now: () => boolean; readonly mayClose: () => boolean } {
  let closed = false;
  let closing = false;
  let meant = false;
  const mayClose = (): boolean => {
    meant ||= closing || askQuit(running.loggedOn());
    return meant;
  };
  app.on('before-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    if (closing || !mayClose()) return;
    closing = true;
    running
      .close()
      .catch(failed)
      .then(closeIpc)
      .catch(failed)
      .finally(() => {
        closed = true;
        app.quit();
      });
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      meant = true;
      app.quit();
    });
  return { now: () => closing, mayClose };
}

registerAppScheme();
hardenApp();
if (app.requestSingleInstanceLock()) {
  // Not awaited: Electron holds the ready event back until this module has been evaluated.
  void app.whenReady().then(async () => {
    denyPermissions();
    installMenu();
    serveApp(here('../renderer'));
    try {
      await start();
    } catch (error) {
      dialog.showErrorBox('The VFXLP console did not start', messageOf(error));
      app.exit(1);
    }
  });
} else {
  app.quit();
}
