import type { IFixMsgStore } from 'jspurefix/dist/store/fix-msg-store.js';
import type { IFixMsgStoreRecord } from 'jspurefix/dist/store/fix-msg-store-record.js';
import type { IFixMsgStoreState } from 'jspurefix/dist/store/fix-msg-store-state.js';
import { MemorySessionStore } from 'jspurefix/dist/store/memory-session-store.js';

/** Sequence numbers of a session, kept over reconnects; jspurefix's own, without the text of every message ever sent. */
export class SequenceStore extends MemorySessionStore {
  override async put(): Promise<void> {
    // Messages to resend are kept, within a bound, by RecentMessages.
  }
}

/** The latest application messages, for resends; what has fallen out is gap-filled by the session. */
export class RecentMessages implements IFixMsgStore {
  readonly #capacity: number;
  readonly #records = new Map<number, IFixMsgStoreRecord>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  async clear(): Promise<IFixMsgStoreState> {
    this.#records.clear();
    return this.getState();
  }

  async getState(): Promise<IFixMsgStoreState> {
    const numbers = [...this.#records.keys()];
    return { id: 'recent', length: numbers.length, firstSeq: numbers[0] ?? 0, lastSeq: numbers.at(-1) ?? 0 };
  }

  async put(record: IFixMsgStoreRecord): Promise<IFixMsgStoreState> {
    this.#records.set(record.seqNum, record);
    const [oldest] = this.#records.keys();
    if (this.#records.size > this.#capacity && oldest !== undefined) this.#records.delete(oldest);
    return this.getState();
  }

  async get(seq: number): Promise<IFixMsgStoreRecord> {
    const record = this.#records.get(seq);
    if (record === undefined) throw new Error(`${seq} is not kept`);
    return record.clone();
  }

  async exists(seq: number): Promise<boolean> {
    return this.#records.has(seq);
  }

  async getSeqNumRange(from: number, to = 0): Promise<IFixMsgStoreRecord[]> {
    return [...this.#records.values()].filter(({ seqNum }) => seqNum >= from && (to === 0 || seqNum <= to));
  }

  async getMsgType(msgType: string): Promise<IFixMsgStoreRecord[]> {
    return [...this.#records.values()].filter((record) => record.msgType === msgType);
  }
}
