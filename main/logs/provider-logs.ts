import { type Logger, pino } from 'pino';
import type { TimelineEvent, TimelineLevel } from '../contracts/lp-view.ts';
import { LineLog } from './line-log.ts';
import { maskSecretFields } from './redaction.ts';

export interface ProviderLogsOptions {
  /** Of the process that writes the logs. */
  readonly socket: string;
  /** Lines of a provider's log wait, or are lost: told once until that is over. */
  readonly onError: (error: Error, provider: string) => void;
  /** What the operator of an LP should know: the log is written again, lines were lost. */
  readonly onNote: (text: string, provider: string) => void;
}

type EventLogger = Logger<TimelineLevel, true>;

interface OpenProvider {
  readonly events: LineLog;
  readonly logger: EventLogger;
}

/** For lines that have not been taken when the console ends. */
const CLOSE_WITHIN_MS = 1_000;

/**
 * The logs that the console itself has for each provider, in its log folder beside the raw FIX log of its engine: events.log (JSON
 * lines, see `write`) and tunnel.log (what stunnel said). Opened when first written to.
 */
export class ProviderLogs {
  readonly #options: ProviderLogsOptions;
  readonly #events = new Map<string, OpenProvider>();
  readonly #tunnels = new Map<string, LineLog>();
  #closed = false;

  constructor(options: ProviderLogsOptions) {
    this.#options = options;
  }

  /** Appends a key event as `{"level","time","provider","event","direction","seqIn","seqOut","text"}`; time is ISO 8601, UTC. */
  write(event: TimelineEvent): void {
    if (this.#closed) return;
    this.#eventsOf(event.provider).logger[event.level](
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
    return {
      write: (line) => {
        if (!this.#closed) this.#tunnelOf(provider).write(line);
      },
      // The file serves the provider's next tunnel too, and is closed with all the others.
      close: () => undefined,
    };
  }

  /** For the exit of the process: gives the system what it takes at once. */
  flushSync(): void {
    for (const log of this.#all()) log.flushSync();
  }

  /** Resolves when what was written is with the system, or after a second. What is written after it is dropped. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#all().map((log) => new Promise<void>((resolve) => log.end(CLOSE_WITHIN_MS, resolve))));
  }

  #all(): readonly LineLog[] {
    return [...[...this.#events.values()].map(({ events }) => events), ...this.#tunnels.values()];
  }

  #eventsOf(provider: string): OpenProvider {
    const known = this.#events.get(provider);
    if (known !== undefined) return known;
    const events = this.#log(provider, 'events');
    const opened = { events, logger: eventLogger(events) };
    this.#events.set(provider, opened);
    return opened;
  }

  #tunnelOf(provider: string): LineLog {
    const known = this.#tunnels.get(provider);
    if (known !== undefined) return known;
    const tunnel = this.#log(provider, 'tunnel');
    this.#tunnels.set(provider, tunnel);
    return tunnel;
  }

  #log(provider: string, log: 'events' | 'tunnel'): LineLog {
    const { socket, onError, onNote } = this.#options;
    return new LineLog({
      socket,
      opening: { provider, log },
      onError: ({ message }) => onError(new Error(`${log}.log cannot be written: ${message}`), provider),
      onNote: (text) => onNote(text, provider),
    });
  }
}

function eventLogger(log: LineLog): EventLogger {
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
