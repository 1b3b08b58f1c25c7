import { messageOf } from '../base/errors.ts';

/** The console's log, as the shell needs it. */
export interface NotesLog {
  info(text: string): void;
  fatal(details: { readonly err: unknown }, text: string): void;
}

/** What the window has to say for the console's log, which is opened after the window: kept, in order, until then. */
export class EarlyNotes {
  #log: NotesLog | null = null;
  readonly #kept: ((log: NotesLog) => void)[] = [];

  tell(text: string): void {
    this.#put((log) => log.info(text));
  }

  /** What must not be lost even if no log is ever opened: it is on standard error, too. */
  failed(text: string, err: unknown): void {
    if (this.#log === null) process.stderr.write(`${text}: ${messageOf(err)}\n`);
    this.#put((log) => log.fatal({ err }, text));
  }

  /** From now on everything goes there, what was kept first. */
  goTo(log: NotesLog): void {
    this.#log = log;
    for (const note of this.#kept.splice(0)) note(log);
  }

  #put(note: (log: NotesLog) => void): void {
    if (this.#log === null) this.#kept.push(note);
    else note(this.#log);
  }
}
