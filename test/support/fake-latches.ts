import type { KillLatch } from '../../main/contracts/lp-record.ts';
import type { LatchStore, Refusal } from '../../main/sessions/kill/latch-store.ts';

/** Latches in memory, on a disk that answers when it is told to. */
export class FakeLatches implements LatchStore {
  readonly latches = new Map<string, KillLatch>();
  tries = 0;
  hangs = false;
  refusesToClear = false;
  #refused: (refusal: Refusal) => void = () => undefined;
  #stand: (() => void)[] = [];

  all(): ReadonlyMap<string, KillLatch> {
    return this.latches;
  }
  set(providers: readonly string[], latch: KillLatch): Promise<void> {
    for (const provider of providers) this.latches.set(provider, latch);
    return this.hangs ? new Promise((resolve) => this.#stand.push(resolve)) : Promise.resolve();
  }
  async clear(provider: string, incidentId: string): Promise<void> {
    if (this.refusesToClear) throw new Error('read-only file system');
    if (this.latches.get(provider)?.incidentId === incidentId) this.latches.delete(provider);
  }
  tryNow(): void {
    this.tries += 1;
  }
  onRefused(listener: (refusal: Refusal) => void): () => void {
    this.#refused = listener;
    return () => undefined;
  }
  onFound(): () => void {
    return () => undefined;
  }
  async close(): Promise<void> {
    this.answer();
  }
  refuse(why: string): void {
    this.#refused({ why, latches: [...this.latches] });
  }
  answer(): void {
    for (const stand of this.#stand.splice(0)) stand();
  }
}
