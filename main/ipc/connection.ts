import type { Actor } from '../contracts/audit.ts';
import type { FixLogBatch, FixLogTail } from '../contracts/ipc.ts';
import type { LogFilter } from '../contracts/log-filter.ts';
import type { FixLogLine } from '../contracts/lp-view.ts';
import { fail, ok, type Result } from '../contracts/result.ts';
import type { Tail, TailFactory } from './ports.ts';

/** A screen follows one log at a time. */
const MAX_TAILS = 8;

/** One window or browser tab: who sits there, and the log tails it has open. Tails end with the connection. */
export class Connection {
  readonly actor: Actor;
  readonly #tails = new Map<string, Promise<Result<Tail>>>();
  readonly #factory: TailFactory;
  readonly #push: (batch: FixLogBatch) => void;
  readonly #reads: () => boolean;
  /** Log lines not pushed because nobody read, per provider. */
  readonly #skipped = new Map<string, number>();
  #closed = false;

  /** @param reads whether who sits there reads just now: what comes meanwhile would pile up, and is counted instead */
  constructor(actor: Actor, factory: TailFactory, push: (batch: FixLogBatch) => void, reads: () => boolean = () => true) {
    this.actor = actor;
    this.#factory = factory;
    this.#push = push;
    this.#reads = reads;
  }

  /** Opens the tail of one provider in place of the one that was open on it. Fails when the log cannot be read, or too many are followed. */
  async openTail(provider: string, lines: number, filter: LogFilter | null = null): Promise<Result<FixLogTail>> {
    if (this.#closed) return connectionClosed();
    const before = this.#tails.get(provider);
    if (before === undefined && this.#tails.size >= MAX_TAILS) {
      return fail('user', 'too-many-tails', `${MAX_TAILS} logs are being followed here already: close one first.`);
    }
    const opening = this.#open(provider, lines, filter, before);
    this.#tails.set(provider, opening);
    const tail = await opening;
    if (!tail.ok) {
      if (this.#tails.get(provider) === opening) this.#tails.delete(provider);
      return tail;
    }
    return this.#closed ? connectionClosed() : ok({ provider, lines: tail.value.lines });
  }

  async closeTail(provider: string): Promise<void> {
    const tail = this.#tails.get(provider);
    this.#tails.delete(provider);
    await closeOpened(tail);
  }

  /** Closes every tail, also one that is still being opened. */
  async close(): Promise<void> {
    this.#closed = true;
    const tails = [...this.#tails.values()];
    this.#tails.clear();
    await Promise.all(tails.map(closeOpened));
  }

  async #open(
    provider: string,
    lines: number,
    filter: LogFilter | null,
    before: Promise<Result<Tail>> | undefined,
  ): Promise<Result<Tail>> {
    await closeOpened(before);
    return this.#factory.openTail(this, provider, lines, (batch, skipped) => this.#lines(provider, batch, skipped), filter);
  }

  #lines(provider: string, lines: readonly FixLogLine[], skippedBySource: number): void {
    if (this.#closed) return;
    const skipped = skippedBySource + (this.#skipped.get(provider) ?? 0);
    if (this.#reads()) {
      this.#skipped.delete(provider);
      this.#push({ provider, lines, skipped });
    } else this.#skipped.set(provider, skipped + lines.length);
  }
}

/** A tail that failed to open has told whoever asked for it, and there is nothing to close. */
async function closeOpened(opening: Promise<Result<Tail>> | undefined): Promise<void> {
  const tail = await opening;
  if (tail?.ok === true) tail.value.close();
}

function connectionClosed(): Result<never> {
  return fail('operational', 'connection-closed', 'The connection was closed meanwhile.');
}
