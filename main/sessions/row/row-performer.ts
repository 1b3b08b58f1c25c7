import { isPassing } from '../../base/sqlstate.ts';
import type { KilledRow, KillLatch, StatusChange } from '../../contracts/lp-record.ts';
import type { LpStore } from '../ports.ts';
import type { KillBatch } from './kill-batch.ts';
import type { OwnershipClaim } from './ownership-claim.ts';
import type { RowWrite, StatusAuthor } from './row-write.ts';

/** Makes the writes to the row of one LP, each once. */
export class RowPerformer {
  readonly #provider: string;
  readonly #store: LpStore;
  readonly #claim: OwnershipClaim;
  readonly #killBatch: KillBatch;

  constructor(provider: string, store: LpStore, claim: OwnershipClaim, killBatch: KillBatch) {
    this.#provider = provider;
    this.#store = store;
    this.#claim = claim;
    this.#killBatch = killBatch;
  }

  /** Rejects with what the database says; a repetition of the same write is harmless. */
  write(write: RowWrite): Promise<void> {
    switch (write.kind) {
      case 'desired':
        return this.#store.setDesired(this.#provider, write.desired);
      case 'status':
        return this.#writeStatus(write.change, write.by);
      case 'latch':
        return this.#store.setKillLatch(this.#provider, write.latch);
      case 'kill':
        return this.#kill(write.latch, write.change);
      case 'password':
        return this.#store.passwordChanged(write.config, write.accepted);
      case 'release':
        return this.#claim.letGo();
      default:
        return write satisfies never;
    }
  }

  async #writeStatus(change: StatusChange, by: StatusAuthor): Promise<void> {
    if (by === 'anyone' && (await this.#store.writeStatus(change, null))) return;
    await this.#claim.asOwner((epoch) => this.#store.writeStatus(change, epoch));
  }

  async #kill(latch: KillLatch, change: StatusChange | null): Promise<void> {
    if (await this.#inBatch({ provider: this.#provider, latch, change })) return;
    // What is refused of it must not keep the rest from being written.
    let refusal: { readonly error: unknown } | null = null;
    for (const write of [
      () => (change === null ? Promise.resolve() : this.#writeStatus(change, 'anyone')),
      () => this.#store.setKillLatch(this.#provider, latch),
      () => this.#store.setDesired(this.#provider, 'inactive'),
    ]) {
      try {
        await write();
      } catch (error) {
        if (isPassing(error)) throw error;
        refusal ??= { error };
      }
    }
    if (refusal !== null) throw refusal.error;
  }

  async #inBatch(row: KilledRow): Promise<boolean> {
    try {
      return await this.#killBatch.write(row);
    } catch (error) {
      if (isPassing(error)) throw error;
      return false;
    }
  }
}
