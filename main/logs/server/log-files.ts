import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SerialQueue } from '../../base/serial-queue.ts';
import { provider as providerName } from '../../contracts/config-rules.ts';
import { archive } from '../log-archive.ts';
import { type LogQuota, shareOf } from '../log-quota.ts';
import { LOG_NAMES, type LogName, type LogOpening, logTitle } from '../log-wire.ts';
import { LogWriter } from './log-writer.ts';

const DAY_MS = 86_400_000;
const MB = 1024 * 1024;
/** Rotated at this size, and at midnight UTC; so many rotated files are kept. */
const LIMITS: Readonly<Record<LogName, { readonly maxBytes: number; readonly keep: number }>> = {
  fix: { maxBytes: 256 * MB, keep: 60 },
  events: { maxBytes: 20 * MB, keep: 30 },
  tunnel: { maxBytes: 20 * MB, keep: 30 },
};
/** The file that is being written counts in a quota, and nothing of it can be deleted. */
const FILES_IN_QUOTA = 4;

/** Whole lines, and what is to be done when they are in the file, or lost and counted. */
interface Batch {
  readonly bytes: Buffer;
  readonly done: () => void;
}

/** Told of a file by its provider: 'error', once until it is over, or what else an operator should know. */
export type TellOfFile = (provider: string, kind: 'error' | 'note', text: string) => void;

/** A file, as whoever has opened it writes to it. */
export interface OpenFile {
  put(batch: Batch): void;
  /** After what was put. */
  close(): void;
}

/** The files of all logs. Each has one writer, however many write to it: an engine that is ending has lines on their way while the next one begins. */
export class LogFiles {
  readonly #logDir: string;
  readonly #tell: TellOfFile;
  readonly #open = new Map<string, SharedFile>();
  readonly #quota: LogQuota;
  /** All take turns: of the few threads that a process has for files they use one. */
  readonly #archiving = new SerialQueue();

  /** @param logDir holds one folder per provider */
  constructor(logDir: string, quota: LogQuota, tell: TellOfFile) {
    this.#logDir = logDir;
    this.#quota = quota;
    this.#tell = tell;
  }

  /** Deletes what is beyond the quota, also of LPs that are not active. Never rejects: what cannot be looked at now is looked at the next time. */
  async sweep(): Promise<void> {
    for (const provider of await readdir(this.#logDir).catch(() => [])) {
      if (!providerName.safeParse(provider).success) continue;
      for (const log of LOG_NAMES) {
        const note = (text: string): void => this.#tell(provider, 'note', text);
        const sweep = () => archive(join(this.#logDir, provider), log, { ...LIMITS[log], ...shareOf(this.#quota, log) }, note);
        await this.#archiving.run(sweep).catch(() => undefined);
      }
    }
  }

  open({ provider, log }: LogOpening): OpenFile {
    if (log === null) return { put: ({ done }) => done(), close: () => undefined };
    const path = join(this.#logDir, provider, `${log}.log`);
    const file = this.#open.get(path) ?? this.#make(path, log, (kind, text) => this.#tell(provider, kind, text));
    this.#open.set(path, file);
    return file.user(() => this.#open.delete(path));
  }

  #make(path: string, log: LogName, tell: (kind: 'error' | 'note', text: string) => void): SharedFile {
    const { maxBytes, keep } = LIMITS[log];
    const share = shareOf(this.#quota, log);
    const writer = new LogWriter<Batch>({
      path,
      maxBytes: share.keepBytes === 0 ? maxBytes : Math.min(maxBytes, Math.ceil(share.keepBytes / FILES_IN_QUOTA)),
      keep,
      ...share,
      archiving: this.#archiving,
      day: today(),
      onError: ({ message }) => tell('error', `${logTitle(log)} cannot be written: ${message}`),
      onNote: (text) => tell('note', text),
      written: ({ done }) => done(),
    });
    return new SharedFile(writer);
  }
}

class SharedFile {
  readonly #writer: LogWriter<Batch>;
  #users = 0;
  /** Batches that are not in the file. */
  #waiting = 0;

  constructor(writer: LogWriter<Batch>) {
    this.#writer = writer;
  }

  /** @param unused called when it is closed */
  user(unused: () => void): OpenFile {
    this.#users += 1;
    let open = true;
    const closeIfDone = (): void => {
      if (this.#users > 0 || this.#waiting > 0) return;
      this.#writer.close();
      unused();
    };
    return {
      put: ({ bytes, done }) => {
        if (this.#writer.day !== today()) this.#writer.rotate(today());
        this.#waiting += 1;
        const written = (): void => {
          this.#waiting -= 1;
          done();
          closeIfDone();
        };
        this.#writer.put({ bytes, done: written }, bytes.length);
      },
      close: () => {
        if (!open) return;
        open = false;
        this.#users -= 1;
        closeIfDone();
      },
    };
  }
}

const today = (): number => Math.floor(Date.now() / DAY_MS);
