import type { Actor } from '../contracts/audit.ts';
import type { FixLogBatch, FixLogTail } from '../contracts/ipc.ts';
import { ok, type Result } from '../contracts/result.ts';
import type { TailFactory } from './ports.ts';

/** One window or browser tab: who sits there, and the log tails it has open. Tails end with the connection. */
export class Connection {
  readonly actor: Actor;
  readonly #tails = new Map<string, Promise<{ close(): Promise<void> }>>();
  readonly #factory: TailFactory;
  readonly #push: (batch: FixLogBatch) => void;
  #closed = false;

  constructor(actor: Actor, factory: TailFactory, push: (batch: FixLogBatch) => void) {
    this.actor = actor;
    this.#factory = factory;
    this.#push = push;
  }

  /** Opens the tail of one provider in place of the one that was open on it. Rejects when the log cannot be read. */
  async openTail(provider: string, lines: number): Promise<Result<FixLogTail>> {
    if (this.#closed) return connectionClosed();
    const before = this.#tails.get(provider);
    const opening = this.#open(provider, lines, before);
    this.#tails.set(provider, opening);
    try {
      const tail = await opening;
      return this.#closed ? connectionClosed() : ok({ provider, lines: tail.lines });
    } catch (error) {
      if (this.#tails.get(provider) === opening) this.#tails.delete(provider);
      throw error;
    }
  }

  async closeTail(provider: string): Promise<void> {
    const tail = this.#tails.get(provider);
    this.#tails.delete(provider);
    await closeOpened(tail);
  }

  /** Closes every tail, also one that is still being opened. Rejects when a tail cannot be closed. */
  async close(): Promise<void> {
    this.#closed = true;
    const tails = [...this.#tails.values()];
    this.#tails.clear();
    await Promise.all(tails.map(closeOpened));
  }

  async #open(provider: string, lines: number, before: Promise<{ close(): Promise<void> }> | undefined) {
    await closeOpened(before);
    return this.#factory.open(provider, lines, (batch, skipped) => {
      if (!this.#closed) this.#push({ provider, lines: batch, skipped });
    });
  }
}

/** A tail that failed to open has told whoever asked for it, and there is nothing to close. */
async function closeOpened(opening: Promise<{ close(): Promise<void> }> | undefined): Promise<void> {
  const tail = await opening?.catch(() => undefined);
  await tail?.close();
}

function connectionClosed(): Result<never> {
  return {
    ok: false,
    error: { kind: 'operational', code: 'connection-closed', message: 'The connection was closed meanwhile.' },
  };
}
