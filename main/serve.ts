import { fileURLToPath } from 'node:url';
import { version } from '../package.json';
import { systemClock } from './base/clock.ts';
import { messageOf } from './base/errors.ts';
import { outliveOutput } from './base/outlive-output.ts';
import { startConsole } from './console.ts';
import { openAppLog } from './logs/app-logger.ts';
import { forkLauncher } from './sessions/engine/fork-launcher.ts';
import { forkHelper } from './sessions/fork-helper.ts';
import { closeWhatIsMade } from './settings/close-folders.ts';
import { readSettings } from './settings/settings.ts';

/** Composition root of the headless console: engines are child processes, the screen is a browser. */
closeWhatIsMade();
outliveOutput();
const read = readSettings(process.env);
if (!read.ok) {
  process.stderr.write(`${read.error.message}\n`);
  process.exit(2);
}
const settings = read.value;
if (settings.adminPort === null) {
  process.stderr.write('VFXLP_ADMIN_PORT is off, and without a window nothing could reach this console: give it a port\n');
  process.exit(2);
}
const appLog = openAppLog({ dataDir: settings.dataDir });
const log = appLog.logger;
process.once('exit', () => appLog.flushSync());
// Whatever becomes of the process, the log of the console has the stack.
process.on('uncaughtExceptionMonitor', (err, origin) => log.fatal({ err, origin }, 'A defect'));

// From the first moment on: what a start has opened is closed in order, too.
const stopAsked = new Promise<string>((asked) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => asked(signal));
});

try {
  const running = await startConsole({
    settings,
    clock: systemClock,
    log,
    launcher: forkLauncher(fileURLToPath(new URL('./engine.js', import.meta.url))),
    latchWriter: forkHelper(fileURLToPath(new URL('./latch-writer.js', import.meta.url))),
    logServer: forkHelper(fileURLToPath(new URL('./log-server.js', import.meta.url))),
    readingThread: fileURLToPath(new URL('./reading-thread.js', import.meta.url)),
    version,
    rendererDir: fileURLToPath(new URL('../renderer', import.meta.url)),
    env: process.env,
  });
  const url = running.admin?.url ?? '';
  // One line. A person opens `url`; what is not a terminal may be a log, which is to have no token: `vfxlp token` tells it.
  const withToken = process.stdout.isTTY ? { url: `${url}/#token=${settings.adminToken}` } : {};
  process.stdout.write(`${JSON.stringify({ ...withToken, adminUrl: url, pid: process.pid })}\n`);

  const signal = await stopAsked;
  log.info({ signal }, 'Shutting down: logging every session out');
  await running.close().catch((err: unknown) => {
    log.fatal({ err }, 'The shutdown was not orderly');
    process.exit(1);
  });
  process.exit(0);
} catch (error) {
  log.fatal({ err: error }, 'The console did not start');
  process.stderr.write(`The console did not start: ${messageOf(error)}\n`);
  process.exit(1);
}
