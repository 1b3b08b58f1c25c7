import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, dialog } from 'electron';
import { systemClock } from './base/clock.ts';
import { withDeadline } from './base/deadline.ts';
import { messageOf } from './base/errors.ts';
import { outliveOutput } from './base/outlive-output.ts';
import type { DesktopConsole } from './desktop-console.ts';
import { hideSecrets } from './logs/hide-secrets.ts';
import { closeWhatIsMade } from './settings/close-folders.ts';
import { defaultDataDir, isWritableFolder } from './settings/data-folder.ts';
import { registerAppScheme, serveApp } from './shell/app-protocol.ts';
import { askQuit } from './shell/ask-quit.ts';
import { CrashReports } from './shell/crash-reports.ts';
import { watchCrashes } from './shell/crash-watch.ts';
import { DeskMemory } from './shell/desk-memory.ts';
import { EarlyNotes } from './shell/early-notes.ts';
import { MainWindow } from './shell/main-window.ts';
import { quitInOrder } from './shell/quit.ts';
import { denyPermissions, hardenApp } from './shell/security.ts';

/** The sessions do not wait longer for a window. */
const PAINT_WAIT_MS = 1_000;

/** Epoch, ms. */
const BEGAN_MS = process.getCreationTime() ?? systemClock.nowMs();
const sinceMs = (ms: number): number => Math.round(systemClock.nowMs() - ms);

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * The desktop's entry: the window, on the page of the start, and the way to quit. All else is loaded once that is painted: evaluating the console's
 * bundle takes half a second, in which nothing would be on the screen. Whatever is imported here is paid for before the first paint.
 */
async function start(dataDir: string, readyMs: number, notes: EarlyNotes): Promise<void> {
  let opening: Promise<DesktopConsole | null> | null = null;
  let running: DesktopConsole | null = null;
  const quitting = quitInOrder(
    // A console that is still being opened is closed once it is open: half of it cannot be.
    async () => (await opening?.catch(() => null))?.close(),
    // One that is not yet up has no session that would end.
    async () => running === null || askQuit(running.loggedOn().length),
    (err) => notes.failed('The shutdown was not orderly', err),
  );
  app.on('window-all-closed', () => app.quit());
  const tell = (text: string): void => notes.tell(text);
  const memory = new DeskMemory(join(app.getPath('userData'), 'desk.json'), systemClock, tell);
  const windows = { preload: here('../preload/index.cjs'), clock: systemClock, tell, memory };
  const window = new MainWindow({ ...windows, mayClose: () => !running?.hides() && quitting.mayClose() });
  const show = (): void => {
    if (!quitting.now()) window.show();
  };
  app.on('second-instance', show);
  app.on('activate', show);
  show();
  void window.painted.then(() =>
    notes.tell(
      `First paint ${sinceMs(readyMs)} ms after the application was ready, ${sinceMs(BEGAN_MS)} ms after its process began`,
    ),
  );
  await withDeadline(systemClock, PAINT_WAIT_MS, window.painted);
  if (quitting.now()) return;
  const version = app.getVersion();
  const reports = new CrashReports({
    dataDir,
    version,
    now: () => new Date(systemClock.nowMs()).toISOString(),
    mask: hideSecrets,
  });
  watchCrashes(reports, (text, err) => notes.failed(text, err));
  const { openDesktopConsole } = await import('./desktop-console.ts');
  opening = openDesktopConsole({ notes, windows, reports, window, quitting, here, version });
  try {
    running = await opening;
  } catch (error) {
    // Who has asked it to end meanwhile need not hear that it could not begin.
    if (!quitting.now()) throw error;
  }
}

closeWhatIsMade();
outliveOutput();
registerAppScheme();
hardenApp();
const dataDir = resolve(process.env['VFXLP_DATA_DIR'] || defaultDataDir(process.env));
// One console per data folder, wherever the home folder is, and whether or not it can be written.
if (isWritableFolder(dataDir)) app.setPath('userData', join(dataDir, 'desktop'));
/** `vfxlp` of a package, which has no Node that could run it: packaging/bin/vfxlp. */
const commandLine = app.isPackaged ? process.argv.indexOf('--cli') : -1;
if (commandLine > 0) {
  process.argv.splice(1, commandLine, 'vfxlp');
  void import('./cli.ts').then(() => app.exit(Number(process.exitCode ?? 0)));
} else if (app.requestSingleInstanceLock()) {
  // Not awaited: Electron holds the ready event back until this module has been evaluated.
  void app.whenReady().then(async () => {
    const readyMs = systemClock.nowMs();
    const notes = new EarlyNotes();
    denyPermissions();
    serveApp(here('../renderer'));
    try {
      await start(dataDir, readyMs, notes);
    } catch (error) {
      notes.failed('The VFXLP console did not start', error);
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
