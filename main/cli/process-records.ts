import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { isErrno, toError } from '../base/errors.ts';
import { processStart } from '../base/process-start.ts';
import type { EngineLauncher, EngineProcess } from '../contracts/processes.ts';
import type { TunnelManager } from '../sessions/ports.ts';

/**
 * Which engines and tunnels run, in files of the data folder: for `vfxlp kill`, which must find them when the console does not answer.
 * Never waited for: a disk that hangs must not keep a session from starting.
 */
export interface ProcessRecord {
  readonly provider: string;
  readonly kind: 'engine' | 'tunnel';
  readonly pid: number;
  /** By `processStart`: another process that has got the same id is not taken for it. */
  readonly start: string;
  /** LogoutAckThreshold of the session, ms; null: not known. */
  readonly logoutAckMs: number | null;
}

const AGAIN_MS = 2_000;

const folderOf = (dataDir: string): string => join(dataDir, 'processes');

export class ProcessRecords {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #onError: (error: Error) => void;
  /** The last write of each file; a removal comes after it. */
  readonly #writes = new Map<number, Promise<void>>();

  /**
   * @param onError hears once what the disk refuses; it is tried again until the disk takes it
   * @throws the file system's error when the folder cannot be made
   */
  constructor(dataDir: string, clock: Clock, onError: (error: Error) => void) {
    this.#folder = folderOf(dataDir);
    this.#clock = clock;
    this.#onError = onError;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  /**
   * Ends, by SIGKILL, what a console before this one on the same data folder has left behind: an engine ends with its console, but one that is stopped
   * or spins cannot, and holds its message store and its connection to the LP. Before anything is recorded, and by the one that has locked the folder.
   *
   * @returns what was ended
   * @throws the file system's error when the folder cannot be read
   */
  endLeftBehind(): readonly ProcessRecord[] {
    const left = readRecords(dirname(this.#folder)).filter(({ pid }) => endByForce(pid));
    for (const name of readdirSync(this.#folder)) this.#then(0, () => this.#remove(name));
    return left;
  }

  put(record: Omit<ProcessRecord, 'start'>): void {
    const start = processStart(record.pid);
    if (start === null) return;
    const path = join(this.#folder, fileOf(record.pid));
    this.#then(record.pid, async () => {
      await writeFile(`${path}.new`, JSON.stringify({ ...record, start }), { mode: 0o600 });
      await rename(`${path}.new`, path);
    });
  }

  gone(pid: number): void {
    this.#then(pid, () => this.#remove(fileOf(pid)));
  }

  #remove(name: string): Promise<void> {
    return rm(join(this.#folder, name), { force: true });
  }

  #then(pid: number, write: () => Promise<void>): void {
    const before = this.#writes.get(pid) ?? Promise.resolve();
    const done: Promise<void> = before.then(
      (): Promise<void> => this.#untilTaken(write, (): boolean => this.#writes.get(pid) === done),
    );
    this.#writes.set(pid, done);
    void done.then(() => {
      if (this.#writes.get(pid) === done) this.#writes.delete(pid);
    });
  }

  /** A disk that was full or read-only must know of every process again when it is not. @param last whether nothing truer waits behind it */
  async #untilTaken(write: () => Promise<void>, last: () => boolean): Promise<void> {
    for (let told = false; ; told = true) {
      try {
        await write();
        return;
      } catch (error) {
        if (!told) this.#onError(toError(error));
        if (!last()) return;
      }
      await new Promise<void>((later) => this.#clock.after(AGAIN_MS, later));
    }
  }
}

/** @returns false when it has ended meanwhile, or is somebody else's */
function endByForce(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!isErrno(error)) throw error;
    return false;
  }
}

const fileOf = (pid: number): string => `${pid}.json`;

/** The recorded processes that still run. @throws the file system's error when the folder cannot be read */
export function readRecords(dataDir: string): readonly ProcessRecord[] {
  return names(folderOf(dataDir)).flatMap((name) => {
    const record = parse(join(folderOf(dataDir), name));
    return record !== null && processStart(record.pid) === record.start ? [record] : [];
  });
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+\.json$/.test(name));
  } catch (error) {
    if (isErrno(error) && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** @returns null when it is gone meanwhile, or no record */
function parse(path: string): ProcessRecord | null {
  try {
    const record: Partial<ProcessRecord> = JSON.parse(readFileSync(path, 'utf8'));
    const { provider, kind, pid, start, logoutAckMs } = record;
    if (typeof provider !== 'string' || typeof start !== 'string' || !Number.isInteger(pid) || pid === undefined || pid < 2)
      return null;
    if (kind !== 'engine' && kind !== 'tunnel') return null;
    return { provider, kind, pid, start, logoutAckMs: typeof logoutAckMs === 'number' ? logoutAckMs : null };
  } catch {
    return null;
  }
}

/** The same engines, each of them recorded while it runs. */
export function recordEngines(launcher: EngineLauncher, records: ProcessRecords): EngineLauncher {
  return {
    launch: (provider) => {
      const engine = launcher.launch(provider);
      let recorded: number | null = null;
      let logoutAckMs: number | null = null;
      const put = (): void => {
        // Some launchers know the id only when the process has been spawned: with its first report at the latest.
        if (engine.pid === null) return;
        recorded = engine.pid;
        records.put({ provider, kind: 'engine', pid: engine.pid, logoutAckMs });
      };
      put();
      engine.onReport(() => {
        if (recorded === null) put();
      });
      engine.onExit(() => {
        if (recorded !== null) records.gone(recorded);
      });
      const recording: EngineProcess = {
        get pid() {
          return engine.pid;
        },
        send: (command) => {
          if (
            (command.type === 'start' || command.type === 'configure') &&
            command.settings.session.logoutAckMs !== logoutAckMs
          ) {
            logoutAckMs = command.settings.session.logoutAckMs;
            put();
          }
          engine.send(command);
        },
        onReport: (listener) => engine.onReport(listener),
        onExit: (listener) => engine.onExit(listener),
        kill: () => engine.kill(),
      };
      return recording;
    },
  };
}

/** The same tunnels, each of them recorded while it runs. */
export function recordTunnels(tunnels: TunnelManager, records: ProcessRecords): TunnelManager {
  return {
    identity: (config, target) => tunnels.identity(config, target),
    start: async (config, target, givenUp) => {
      const started = await tunnels.start(config, target, givenUp);
      if (started.ok) {
        const { tunnel } = started;
        records.put({ provider: config.provider, kind: 'tunnel', pid: tunnel.pid, logoutAckMs: null });
        tunnel.onExit(() => records.gone(tunnel.pid));
      }
      return started;
    },
  };
}
