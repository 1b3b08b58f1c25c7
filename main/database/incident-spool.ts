import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceDurably } from '../base/durable-file.ts';
import { SerialQueue } from '../base/serial-queue.ts';
import type { LpKill } from '../contracts/kill.ts';
import type { StoredIncident } from '../contracts/stored-incident.ts';

const MAX_BYTES = 16 * 1024 * 1024;
const CUT_SHORT = 'the console ended before this kill had settled';

/** Incidents on their way to the table, a file each. Written off the main thread, one at a time: a disk that hangs holds up no kill. */
export class IncidentSpool {
  readonly #folder: string;
  readonly #turns = new SerialQueue();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Durable when it resolves. Rejects with the file system's error. */
  write(stored: StoredIncident): Promise<void> {
    const path = this.#pathOf(stored);
    return this.#turns.run(async () => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await replaceDurably(path, JSON.stringify(stored));
    });
  }

  /** It is in the table. Rejects with the file system's error. */
  remove(stored: StoredIncident): Promise<void> {
    return this.#turns.run(() => rm(this.#pathOf(stored), { force: true }));
  }

  /**
   * What an earlier console left: what was being done then is known not to be confirmed.
   *
   * @param unreadable told of each file that is none of ours, or damaged: it stays for people
   */
  read(unreadable: (path: string, error: unknown) => void): readonly StoredIncident[] {
    const paths = this.#paths(unreadable);
    return paths.flatMap((path) => {
      try {
        return [settledNow(parse(readFileSync(path)))];
      } catch (error) {
        unreadable(path, error);
        return [];
      }
    });
  }

  /** A folder that cannot be read keeps no console, and no kill switch, from starting. */
  #paths(unreadable: (path: string, error: unknown) => void): readonly string[] {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const names = readdirSync(this.#folder).filter((name) => name.endsWith('.json'));
      return names.map((name) => join(this.#folder, name));
    } catch (error) {
      unreadable(this.#folder, error);
      return [];
    }
  }

  /** An incident that another console or program began may be called anything. */
  #pathOf({ console, incident }: StoredIncident): string {
    const name = JSON.stringify([incident.id, console]);
    return join(this.#folder, `${createHash('sha256').update(name).digest('hex').slice(0, 32)}.json`);
  }
}

function parse(bytes: Buffer): StoredIncident {
  if (bytes.length > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`);
  const stored: Partial<StoredIncident> = JSON.parse(bytes.toString());
  const { console, incident, evidence } = stored;
  if (typeof console !== 'string' || typeof incident?.id !== 'string' || !Array.isArray(incident.lps) || !Array.isArray(evidence))
    throw new Error('it is no incident');
  return { console, incident, evidence };
}

function settledNow(stored: StoredIncident): StoredIncident {
  const lps = stored.incident.lps.map((lp): LpKill => {
    if (lp.outcome !== 'running') return lp;
    const last = lp.log.at(-1)?.atMs ?? stored.incident.startedAtMs;
    const entry = { atMs: last, step: 'engine-stopped', state: 'failed', text: CUT_SHORT } as const;
    return { ...lp, outcome: 'not-confirmed', log: [...lp.log, entry] };
  });
  return { ...stored, incident: { ...stored.incident, lps } };
}
