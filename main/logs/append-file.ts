import type { Stats } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

const NEWLINE = 0x0a;
const MODE = 0o600;

/** A file of lines that is open for appending. It has whole lines only, also on a disk that takes a part of what it is given. */
export class AppendFile {
  readonly #handle: FileHandle;
  readonly #ino: number;
  readonly #dev: number;
  /** Of the last line, epoch ms; null while there is none. */
  lastWrittenMs: number | null;
  size: number;

  private constructor(handle: FileHandle, { ino, dev, size, mtimeMs }: Stats) {
    this.#handle = handle;
    this.#ino = ino;
    this.#dev = dev;
    this.size = size;
    this.lastWrittenMs = size === 0 ? null : mtimeMs;
  }

  /** Makes the file, and its folder, where there is none. Rejects with the file system's error. */
  static async open(path: string): Promise<AppendFile> {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, 'a+', MODE);
    try {
      const stats = await handle.stat();
      const last = Buffer.of(NEWLINE);
      if (stats.size > 0) await handle.read(last, 0, 1, stats.size - 1);
      // A process that was ended while it wrote left half a line: what follows begins a line of its own.
      if (last[0] !== NEWLINE) await handle.write('\n');
      return new AppendFile(handle, stats);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /**
   * Appends whole lines. Rejects when the disk does not take them all.
   *
   * @param kept told how many lines are in the file where it rejects
   */
  async append(lines: Buffer, kept: (lines: number) => void): Promise<void> {
    const { size } = await this.#handle.stat();
    let done = 0;
    try {
      while (done < lines.length) done += (await this.#handle.write(lines, done, lines.length - done)).bytesWritten;
    } catch (error) {
      const whole = done === 0 ? 0 : lines.lastIndexOf(NEWLINE, done - 1) + 1;
      if (done > whole) await this.#handle.truncate(size + whole);
      kept(countLines(lines.subarray(0, whole)));
      throw error;
    }
    this.size = size + lines.length;
    this.lastWrittenMs = Date.now();
  }

  /** Whether a path that leads to `named` leads to this file. */
  is(named: Stats): boolean {
    return named.ino === this.#ino && named.dev === this.#dev;
  }

  async deleted(): Promise<boolean> {
    return (await this.#handle.stat()).nlink === 0;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) if (byte === NEWLINE) count += 1;
  return count;
}
