import { statSync } from 'node:fs';
import { messageOf } from '../../base/errors.ts';
import { parentPort } from '../../base/parent-port.ts';
import { type Latches, latchFile, latchKey, latchText, readLatches } from './latch-file.ts';
import { ReservedFile } from './reserved-file.ts';

/**
 * The process that writes the kill latches: a disk that hangs stops this one and not the console, and what the console has sent is written
 * though the console dies in the same moment. It has its descriptors to itself.
 */

export type WriterCommand =
  /** What this console knows to be in the file, by `latchKey`. */
  | { readonly type: 'open'; readonly dataDir: string; readonly known: readonly string[] }
  /** The whole truth; later numbers win. */
  | { readonly type: 'write'; readonly n: number; readonly latches: Latches }
  /** As a utility process, which has no channel that closes: the console is done; what came before this is written, and the process ends. */
  | { readonly type: 'end' };

export type WriterReport =
  /** error null: what was sent with this number, or something later, is on the disk. */
  | { readonly type: 'written'; readonly n: number; readonly error: string | null }
  /** Latches that somebody else has put into the file, as `vfxlp kill` does. */
  | { readonly type: 'found'; readonly latches: Latches };

const LOOK_EVERY_MS = 500;

class LatchWriter {
  readonly #path: string;
  readonly #file: ReservedFile;
  readonly #known: Set<string>;
  /** What somebody else has put into the file, until the console writes a latch of its own for that provider: no write of before drops it. */
  #foreign: Latches = {};
  readonly #report: (report: WriterReport) => void;
  #next: Extract<WriterCommand, { type: 'write' }> | null = null;
  #seen = '';

  constructor(path: string, known: readonly string[], report: (report: WriterReport) => void) {
    this.#path = path;
    this.#file = new ReservedFile(path);
    this.#known = new Set(known);
    this.#report = report;
    this.look();
  }

  /** Of commands that wait only the last is written: it says everything. */
  write(command: Extract<WriterCommand, { type: 'write' }>): void {
    if (this.#next === null) setImmediate(() => this.#write());
    this.#next = command;
  }

  look(): void {
    try {
      this.#file.hold();
    } catch {
      // Said when something is to be written and cannot be; asked for again at the next look.
    }
    this.#find();
  }

  #write(): void {
    const command = this.#next;
    this.#next = null;
    if (command === null) return;
    for (const [provider, { incidentId }] of Object.entries(command.latches)) this.#known.add(latchKey(provider, incidentId));
    this.#find();
    let error: string | null = null;
    try {
      this.#file.write(latchText({ ...this.#foreign, ...command.latches }));
      this.#seen = this.#version();
      this.#foreign = Object.fromEntries(Object.entries(this.#foreign).filter(([provider]) => !(provider in command.latches)));
    } catch (refusal) {
      error = messageOf(refusal);
    }
    this.#report({ type: 'written', n: command.n, error });
    this.look();
  }

  /** Reports what is in the file and is not this console's. A file that cannot be read now is looked at again when it has changed. */
  #find(): void {
    const version = this.#version();
    if (version === this.#seen) return;
    this.#seen = version;
    let all: Latches;
    try {
      all = readLatches(this.#path);
    } catch {
      return;
    }
    const found = Object.entries(all).filter(([provider, { incidentId }]) => !this.#known.has(latchKey(provider, incidentId)));
    if (found.length === 0) return;
    for (const [provider, { incidentId }] of found) this.#known.add(latchKey(provider, incidentId));
    const latches = Object.fromEntries(found);
    this.#foreign = { ...this.#foreign, ...latches };
    this.#report({ type: 'found', latches });
  }

  #version(): string {
    const stat = statSync(this.#path, { throwIfNoEntry: false, bigint: true });
    return stat === undefined ? '' : `${stat.dev} ${stat.ino} ${stat.mtimeNs} ${stat.size}`;
  }
}

let writer: LatchWriter | null = null;
const parent = parentPort<WriterCommand, WriterReport>();

/** After what was sent. */
const end = (): void => void setImmediate(() => setImmediate(() => process.exit(0)));

const report = (said: WriterReport): void => parent?.send(said);

function obey(command: WriterCommand): void {
  switch (command.type) {
    case 'open': {
      const opened = new LatchWriter(latchFile(command.dataDir), command.known, report);
      writer = opened;
      setInterval(() => opened.look(), LOOK_EVERY_MS);
      break;
    }
    case 'write':
      writer?.write(command);
      break;
    case 'end':
      end();
  }
}

// Signals to the whole group are the console's to act upon; this process ends with it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
parent?.onCommand(obey);
// A utility process is told to end, and has no such channel.
process.on('disconnect', end);
