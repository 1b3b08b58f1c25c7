import { closeSync, fstatSync, fsyncSync, linkSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder, writeDurably } from '../../base/durable-file.ts';

/** Bytes held: more than 300 latches with the longest reasons. */
const HELD = 256 * 1024;

/**
 * A file that can be replaced durably on a disk that has no space left and with no descriptor left: its next version is there beforehand, full of
 * spaces, and open. The two versions change places, so that the space stays held. What is written ends in spaces, which JSON does not mind.
 */
export class ReservedFile {
  readonly #path: string;
  readonly #reserve: string;
  readonly #spare: string;
  #next: number | null = null;

  constructor(path: string) {
    this.#path = path;
    this.#reserve = `${path}.reserve`;
    this.#spare = `${path}.spare`;
  }

  /** Holds space and descriptor for the next write. Throws what the file system says; what cannot be held now is asked for again. */
  hold(): void {
    if (this.#next !== null && this.#ours(this.#next)) return;
    this.#letGo();
    mkdirSync(dirname(this.#path), { recursive: true });
    const size = statSync(this.#reserve, { throwIfNoEntry: false })?.size ?? 0;
    const fd = openSync(this.#reserve, size >= HELD ? 'r+' : 'w', 0o600);
    try {
      if (size < HELD) fill(fd, Buffer.alloc(HELD, ' '));
    } catch (error) {
      closeSync(fd);
      rmSync(this.#reserve, { force: true });
      throw error;
    }
    this.#next = fd;
  }

  /** Durable when it returns. Throws what the file system says; the file is then as it was. */
  write(text: string): void {
    const bytes = Buffer.from(text);
    if (this.#next !== null && bytes.length <= HELD && this.#ours(this.#next)) this.#exchange(this.#next, bytes);
    else writeDurably(this.#path, text);
  }

  #exchange(next: number, bytes: Buffer): void {
    try {
      fill(next, Buffer.concat([bytes, Buffer.alloc(HELD - bytes.length, ' ')]));
    } catch (error) {
      // Whatever became of it, the next write is by a descriptor of its own.
      this.#letGo();
      throw error;
    }
    const kept = this.#keepOld();
    renameSync(this.#reserve, this.#path);
    this.#letGo();
    syncFolder(dirname(this.#path));
    if (kept) renameSync(this.#spare, this.#reserve);
  }

  /** Gives the version of now a second name, so that its space is the next reserve. @returns false where that cannot be: space is asked for anew */
  #keepOld(): boolean {
    try {
      rmSync(this.#spare, { force: true });
      if (statSync(this.#path, { throwIfNoEntry: false })?.isFile() !== true) return false;
      linkSync(this.#path, this.#spare);
      return true;
    } catch {
      return false;
    }
  }

  /** Whether the descriptor is of the file with the reserve's name: the folder may have been cleared away, or another disk be mounted in its place. */
  #ours(fd: number): boolean {
    const named = statSync(this.#reserve, { throwIfNoEntry: false });
    const held = fstatSync(fd);
    return named?.ino === held.ino && named.dev === held.dev;
  }

  #letGo(): void {
    if (this.#next !== null) closeSync(this.#next);
    this.#next = null;
  }
}

function fill(fd: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, done);
  fsyncSync(fd);
}
