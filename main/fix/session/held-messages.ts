const MAX_MESSAGES = 10_000;
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Messages that came before their turn, kept until the gap before them is filled. Bounded: what does not fit is dropped, which loses
 * nothing, because every ResendRequest asks to the end (EndSeqNo 0).
 */
export class HeldMessages {
  readonly #frames = new Map<number, Buffer>();
  #bytes = 0;

  get size(): number {
    return this.#frames.size;
  }

  /** Copies a frame. The first with a number stays. */
  hold(seqNum: number, buffer: Buffer, start: number, end: number): void {
    if (this.#frames.has(seqNum) || this.#frames.size >= MAX_MESSAGES || this.#bytes + end - start > MAX_BYTES) return;
    this.#frames.set(seqNum, Buffer.from(buffer.subarray(start, end)));
    this.#bytes += end - start;
  }

  /** The frame with this number, which is no longer held; null when there is none. */
  take(seqNum: number): Buffer | null {
    const frame = this.#frames.get(seqNum);
    if (frame === undefined) return null;
    this.#frames.delete(seqNum);
    this.#bytes -= frame.length;
    return frame;
  }

  /** Drops what a GapFill has passed over, and gives it, in the order in which it came. */
  dropBelow(seqNum: number): Buffer[] {
    const dropped: Buffer[] = [];
    for (const [held, frame] of this.#frames) {
      if (held >= seqNum) continue;
      this.take(held);
      dropped.push(frame);
    }
    return dropped;
  }

  clear(): void {
    this.#frames.clear();
    this.#bytes = 0;
  }
}
