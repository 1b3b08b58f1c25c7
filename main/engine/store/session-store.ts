import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere, writeDurably } from '../../base/durable-file.ts';
import { compIdsOf } from '../../contracts/session-identity.ts';
import { adoptStore, type StoreNote, type StoreOwner } from './adopt-store.ts';
import { MessageStore } from './message-store.ts';
import { lockStore, StoreInUse } from './store-lock.ts';

const OWNER = 'session.json';

/** Beside the messages: whose they are. `row` is null where that is not known. */
interface Owner {
  readonly row: string | null;
  readonly provider: string;
  readonly pid: number;
}

/** The message store of one FIX session, with this process as its only writer until `close`. */
export class SessionStore {
  /** BeginString, CompIDs and SubIDs: what the store belongs to. */
  readonly session: string;
  readonly messages: MessageStore;
  readonly #unlock: () => void;

  /**
   * @param utc 20260131T093000.123Z, for what is kept aside
   * @throws StoreInUse with a sentence for the operator, or the file system's error
   */
  constructor(owner: StoreOwner, beginString: string, utc: string, note: StoreNote) {
    this.session = sessionOf(owner, beginString);
    mkdirSync(owner.storeDir, { recursive: true, mode: 0o700 });
    const folder = join(owner.storeDir, folderOf(owner, beginString));
    const adopted = adoptStore(owner, folder, utc, note);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, OWNER);
    this.#unlock = lock(folder, file);
    try {
      this.messages = new MessageStore(folder, (text) => note('alarm', text));
      if (adopted) note('attention', `The message store of ${owner.provider} belongs to its FIX session from now on: ${folder}`);
      this.#inherit(owner, readOwner(file), utc, note);
      writeDurably(
        file,
        JSON.stringify({
          session: this.session,
          ...({ row: owner.row?.id ?? null, provider: owner.provider, pid: process.pid } satisfies Owner),
        }),
      );
    } catch (error) {
      this.#unlock();
      throw error;
    }
  }

  /** A row that was deleted leaves nothing to the one that comes after it, unless a person says so by setting the numbers. */
  #inherit({ row }: StoreOwner, before: Owner | null, utc: string, note: StoreNote): void {
    if (row === undefined || before === null || before.row === null || row.heirs.includes(before.row)) return;
    const { nextIn, nextOut } = this.messages;
    this.messages.resetPending = false;
    if (nextIn === 1 && nextOut === 1) return;
    this.messages.reset(utc);
    note(
      'alarm',
      `${before.provider}, which had this FIX session before, was deleted: its message store (next in ${nextIn}, next out ${nextOut}) is kept aside as of ${utc}, and the numbers start at 1. Set the sequence numbers if the LP goes on with the old ones`,
    );
  }

  /** Closes the messages, then lets another process have them. Throws the file system's error. */
  close(): void {
    try {
      this.messages.close();
    } finally {
      this.#unlock();
    }
  }
}

export function sessionOf(owner: StoreOwner, beginString: string): string {
  return `${beginString} ${compIdsOf(owner)}`;
}

/** Readable, and the same for two sessions never, whatever their IDs and whether or not the file system tells a from A. No provider has a ~. */
function folderOf(owner: StoreOwner, beginString: string): string {
  const hash = createHash('sha256').update(sessionOf(owner, beginString)).digest('hex').slice(0, 32);
  return [beginString, owner.senderCompId, owner.targetCompId].map(readable).concat(hash).join('~');
}

const readable = (text: string): string => text.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, 24);

function lock(folder: string, file: string): () => void {
  try {
    return lockStore(folder);
  } catch (error) {
    if (!(error instanceof StoreInUse)) throw error;
    const holder = readOwner(file);
    const who = holder === null ? 'another process' : `${holder.provider} (process ${holder.pid})`;
    throw new StoreInUse(
      `${who} is running this FIX session: the same CompIDs and SubIDs have one message store, and one writer`,
    );
  }
}

/** Null where there is none, or where it is damaged: whose the store was is not known then. */
function readOwner(file: string): Owner | null {
  let value: unknown;
  try {
    value = JSON.parse(readIfThere(file) ?? 'null');
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const owner = value as Partial<Record<keyof Owner, unknown>> | null;
  if (typeof owner?.provider !== 'string' || typeof owner.pid !== 'number') return null;
  return { provider: owner.provider, pid: owner.pid, row: typeof owner.row === 'string' ? owner.row : null };
}
