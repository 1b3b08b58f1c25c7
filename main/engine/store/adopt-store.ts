import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineSettings } from '../../contracts/engine-protocol.ts';
import { MessageStore } from './message-store.ts';
import { STORE_FILES } from './store-aside.ts';

/** Where the files of a store that lay in `storeDir` itself are gathered, until they are all there. */
const GATHERED = 'adopting~';
/** Of its last messages, and of the fields of one: enough for a header that is ours. */
const LOOKED_AT = 1_000;
const HEADER_FIELDS = 12;

/** Who opens a store, and where. */
export type StoreOwner = Pick<EngineSettings, 'provider' | 'senderCompId' | 'targetCompId' | 'session' | 'storeDir' | 'row'>;

/** What is to be said about the store to the operator. */
export type StoreNote = (level: 'attention' | 'alarm', text: string) => void;

/**
 * A store of before stores belonged to sessions becomes the session's, once and by one rename: it is named after the row's provider, or lies in
 * the store folder itself (an engine run alone). One that is another session's, or that comes too late, is kept aside instead.
 *
 * @param folder the session's own
 * @returns whether there was one, and it is the session's now
 */
export function adoptStore(owner: StoreOwner, folder: string, utc: string, note: StoreNote): boolean {
  const old = gather(owner.storeDir) ?? join(owner.storeDir, owner.provider);
  if (!STORE_FILES.some((name) => existsSync(join(old, name)))) return false;
  const other = existsSync(folder) ? 'this FIX session has a store already' : otherSession(old, owner);
  if (other === null) {
    renameSync(old, folder);
    return true;
  }
  const aside = join(owner.storeDir, `${owner.provider}~${utc}`);
  renameSync(old, aside);
  note('alarm', `The old message store of ${owner.provider} is not used, because ${other}: it is kept as ${aside}`);
  return false;
}

/** Files in the store folder itself, of an engine run alone; what a crash left behind half done is gone on with. */
function gather(storeDir: string): string | null {
  const gathered = join(storeDir, GATHERED);
  const files = readdirSync(storeDir).filter((name) => STORE_FILES.some((file) => name === file || name.startsWith(`${file}.`)));
  if (files.length > 0) mkdirSync(gathered, { recursive: true, mode: 0o700 });
  for (const name of files) renameSync(join(storeDir, name), join(gathered, name));
  return existsSync(gathered) ? gathered : null;
}

/** Whose messages are in it, where that is another session: a row may have been given other CompIDs while it kept its store. */
function otherSession(old: string, { senderCompId, targetCompId, session }: StoreOwner): string | null {
  const store = new MessageStore(old);
  let last = '';
  store.visit(Math.max(1, store.nextOut - LOOKED_AT), store.nextOut - 1, (_seqNum, bytes, from, to) => {
    if (to > from) last = Buffer.from(bytes.subarray(from, to)).toString('latin1');
    return true;
  });
  store.close();
  if (!last.startsWith('8=FIX')) return null;
  const header = last.split('\u0001', HEADER_FIELDS);
  const theirs = (tag: number): string => header.find((field) => field.startsWith(`${tag}=`))?.slice(3) ?? '';
  const same =
    theirs(49) === senderCompId &&
    theirs(56) === targetCompId &&
    theirs(50) === (session.senderSubId ?? '') &&
    theirs(57) === (session.targetSubId ?? '');
  return same ? null : `its last message is of another session (${theirs(49)} to ${theirs(56)})`;
}
