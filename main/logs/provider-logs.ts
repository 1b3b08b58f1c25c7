import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import type { TimelineEvent, TimelineLevel } from '../contracts/lp-view.ts';
import { maskSecretFields } from './redaction.ts';
import { RotatingLog } from './rotating-log.ts';

export interface ProviderLogsOptions {
  /** Holds one folder per provider: `/var/log/vfxlp/fix`. */
  readonly fixLogDir: string;
  readonly maxBytes?: number;
  readonly keep?: number;
  readonly onError: (error: Error, provider: string) => void;
  /** What the operator of an LP should know: a file was taken away and begun anew, lines were lost. */
  readonly onNote?: (text: string, provider: string) => void;
}

type EventLogger = Logger<TimelineLevel, true>;

interface OpenProvider {
  readonly events: RotatingLog;
  readonly tunnel: RotatingLog;
  readonly logger: EventLogger;
}

const MAX_BYTES = 20 * 1024 * 1024;
const KEEP = 30;

/**
 * The logs that the console itself writes for each provider, in its log folder beside the raw FIX log of its engine: events.log (JSON
 * lines, see `write`) and tunnel.log (what stunnel said). Opened when first written to.
 */
export class ProviderLogs {
  readonly #options: ProviderLogsOptions;
  readonly #open = new Map<string, OpenProvider>();

  constructor(options: ProviderLogsOptions) {
    this.#options = options;
  }

  /** Appends a key event as `{"level","time","provider","event","direction","seqIn","seqOut","text"}`; time is ISO 8601, UTC. */
  write(event: TimelineEvent): void {
    this.#provider(event.provider).logger[event.level](
      {
        time: new Date(event.atMs).toISOString(),
        provider: event.provider,
        event: event.event,
        direction: event.direction,
        seqIn: event.seqIn,
        seqOut: event.seqOut,
      },
      maskSecretFields(event.text),
    );
  }

  /** The tunnel log of a provider, for one stunnel process. */
  openTunnelLog(provider: string): { write(line: string): void; close(): void } {
    const { tunnel } = this.#provider(provider);
    return {
      write: (line) => tunnel.write(line),
      // The file serves the provider's next tunnel too, and is closed with all the others.
      close: () => undefined,
    };
  }

  /** For the exit of the process: writes what is not yet on disk. */
  flushSync(): void {
    for (const { events, tunnel } of this.#open.values()) {
      events.flushSync();
      tunnel.flushSync();
    }
  }

  async close(): Promise<void> {
    const all = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(all.flatMap(({ events, tunnel }) => [events.close(), tunnel.close()]));
  }

  #provider(provider: string): OpenProvider {
    const known = this.#open.get(provider);
    if (known !== undefined) return known;
    const { fixLogDir, maxBytes = MAX_BYTES, keep = KEEP, onError, onNote } = this.#options;
    const open = (name: string) =>
      new RotatingLog({
        dir: join(fixLogDir, provider),
        name,
        maxBytes,
        keep,
        onError: (error) => onError(error, provider),
        onNote: (text) => onNote?.(text, provider),
      });
    const events = open('events');
    const opened = { events, tunnel: open('tunnel'), logger: eventLogger(events) };
    this.#open.set(provider, opened);
    return opened;
  }
}

function eventLogger(log: RotatingLog): EventLogger {
  return pino<TimelineLevel, true>(
    {
      base: null,
      timestamp: false,
      messageKey: 'text',
      customLevels: { info: 30, attention: 40, alarm: 50 },
      useOnlyCustomLevels: true,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line) => log.write(line) },
  );
}
