import { app, dialog } from 'electron';
import type { CrashReports } from './crash-reports.ts';
import { showFolder } from './show-folder.ts';

/** sysexits: a fault of the program. */
const SOFTWARE_FAULT = 70;
/** An end that is held up is no end. */
const END_WITHIN_MS = 3_000;

/**
 * What becomes of a fault in main: a report, and for an exception that nobody caught the end. Electron by itself would go on in a state that nobody knows, behind a
 * dialog that holds main up with every session; the engines log out when their main has ended. A rejection ends nothing.
 *
 * @param failed is told, for the console's log
 */
export function watchCrashes(reports: CrashReports, failed: (text: string, error: unknown) => void): void {
  const report = (kind: 'uncaught-exception' | 'unhandled-rejection', error: unknown): void => {
    try {
      reports.add(kind, error);
    } catch (problem) {
      failed('The report of a fault could not be written', problem);
    }
  };
  process.on('uncaughtException', (error) => {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), END_WITHIN_MS);
    failed('A defect. The console ends; its engines log out', error);
    report('uncaught-exception', error);
    app.exit(SOFTWARE_FAULT);
  });
  process.on('unhandledRejection', (error) => {
    failed('A defect: a rejection that nobody handled. The console goes on', error);
    report('unhandled-rejection', error);
  });
  process.once('exit', () => reports.clean());
}

/**
 * Offers what is left of a crash of before, once. Belongs to no window: whoever has not answered can still press the kill switch.
 *
 * @param tell hears of it, for the console's log
 */
export async function offerCrashReports(reports: CrashReports, tell: (text: string) => void): Promise<void> {
  const paths = reports.unseen();
  if (paths.length === 0) return;
  const [many, it] = paths.length === 1 ? ['a report', 'it'] : [`${paths.length} reports`, 'them'];
  tell(`The console has not ended in order before: ${many} in ${reports.folder}`);
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    title: 'VFXLP console',
    message: 'The console did not end in order the last time.',
    detail: `There is ${many} in ${reports.folder}. Nobody is sent ${it}. The sessions go on as configured; look at the sequence numbers of the LPs that were logged on.`,
    buttons: ['Show folder', 'Dismiss'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  });
  reports.seen(paths);
  if (response === 0) await showFolder(reports.folder, tell);
}
