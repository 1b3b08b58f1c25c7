import { join } from 'node:path';
import { type DestinationStream, type Level, type Logger, pino, stdSerializers } from 'pino';
import { oneLine } from './one-line.ts';
import { MASK, maskSecretFields, maskSecrets } from './redaction.ts';
import { RotatingLog } from './rotating-log.ts';

export interface AppLogOptions {
  /** The console's data folder; the log is `logs/console.log` in it. */
  readonly dataDir: string;
  readonly level?: Level;
  /** Where it is written besides the file; standard error by default, null for nowhere. */
  readonly also?: DestinationStream | null;
}

/** The log of the console itself: JSON lines in its data folder and on standard error. */
export interface AppLog {
  readonly logger: Logger;
  /** For the exit of the process: writes what is not yet on disk. */
  flushSync(): void;
  close(): Promise<void>;
}

const MAX_BYTES = 20 * 1024 * 1024;
const KEEP = 14;

/** Secrets are masked by property name, and Password(554) and NewPassword(925) within every message, text and error. */
export function openAppLog({ dataDir, level = 'info', also }: AppLogOptions): AppLog {
  const other = also === undefined ? pino.destination({ dest: 2, sync: true }) : also;
  const file = new RotatingLog({
    dir: join(dataDir, 'logs'),
    name: 'console',
    maxBytes: MAX_BYTES,
    keep: KEEP,
    onError: ({ message }) => other?.write(`${JSON.stringify({ level: 'error', msg: `log file: ${message}` })}\n`),
  });
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (details) => Object(maskSecrets(details)),
      },
      // What a child logger carries does not pass through formatters.
      redact: { paths: ['password', 'newPassword', 'token', 'authorization', 'secretKey'], censor: MASK },
      hooks: {
        logMethod(args, method) {
          method.apply(this, args.map((arg) => (typeof arg === 'string' ? maskSecretFields(arg) : arg)) as typeof args);
        },
      },
      serializers: { err: maskError, error: maskError },
    },
    {
      write: (line) => {
        const shown = `${oneLine(line.trimEnd())}\n`;
        file.write(shown);
        other?.write(shown);
      },
    },
  );
  return { logger, flushSync: () => file.flushSync(), close: () => file.close() };
}

function maskError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack } = stdSerializers.err(error);
  return { type, message: maskSecretFields(message), stack: maskSecretFields(stack) };
}
