import { writeDurably } from '../../main/base/durable-file.ts';
import { Emitter } from '../../main/base/emitter.ts';
import type { LatchDisk } from '../../main/sessions/kill/latch-disk.ts';
import { type Latches, latchFile, latchText } from '../../main/sessions/kill/latch-file.ts';

/** Writes the latches at once, in this process; and does what a disk does on its worst day. */
export class PlainLatchDisk implements LatchDisk {
  /** An error: refuses. hang: takes what is written and does not answer. */
  mood: 'works' | 'hang' | Error = 'works';
  readonly onWrite: (latches: Latches) => void;
  readonly #path: string;
  readonly #found = new Emitter<Latches>();
  #hanging: (() => void)[] = [];

  constructor(dataDir: string, onWrite: (latches: Latches) => void = () => undefined) {
    this.#path = latchFile(dataDir);
    this.onWrite = onWrite;
  }

  readonly onFound = this.#found.on;
  readonly found = this.#found.emit;

  open(_known: () => readonly string[]): void {
    // There is nobody else here who could write.
  }

  async write(latches: Latches): Promise<void> {
    if (this.mood instanceof Error) throw this.mood;
    if (this.mood === 'hang') await new Promise<void>((resolve) => this.#hanging.push(resolve));
    writeDurably(this.#path, latchText(latches));
    this.onWrite(latches);
  }

  wakes(): void {
    this.mood = 'works';
    for (const go of this.#hanging.splice(0)) go();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
