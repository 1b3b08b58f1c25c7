import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_SESSION } from '../../../../main/contracts/lp-config.ts';
import type { StoreOwner } from '../../../../main/engine/store/adopt-store.ts';
import { MessageStore } from '../../../../main/engine/store/message-store.ts';
import { SessionStore } from '../../../../main/engine/store/session-store.ts';
import { STORE_FILES } from '../../../../main/engine/store/store-aside.ts';

const UTC = '20260131T093000.123Z';

let dir: string;
let notes: string[];
let opened: SessionStore[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-stores-'));
  notes = [];
  opened = [];
});
afterEach(() => {
  for (const store of opened) store.close();
  rmSync(dir, { recursive: true, force: true });
});

type Ids = readonly [sender: string, senderSub: string | null, target: string, targetSub: string | null];
const owner = (
  provider: string,
  [sender, senderSub, target, targetSub]: Ids,
  row?: string,
  others: string[] = [],
): StoreOwner => ({
  provider,
  senderCompId: sender,
  targetCompId: target,
  session: { ...DEFAULT_SESSION, senderSubId: senderSub, targetSubId: targetSub },
  storeDir: dir,
  ...(row === undefined ? {} : { row: { id: row, heirs: [row, ...others] } }),
});
const IDS: Ids = ['US', null, 'LP', null];
const open = (of: StoreOwner, beginString = 'FIX.4.4'): SessionStore => {
  const store = new SessionStore(of, beginString, UTC, (_level, text) => notes.push(text));
  opened.push(store);
  return store;
};
const close = (store: SessionStore): void => {
  opened = opened.filter((other) => other !== store);
  store.close();
};
const message = (n: number, [sender, , target]: Ids = IDS): string =>
  `8=FIX.4.4|9=5|35=B|49=${sender}|56=${target}|34=${n}|52=20260131-09:30:00.000|148=headline|10=000|`.replaceAll('|', '\u0001');
const put = (messages: MessageStore, ids: Ids = IDS): void => {
  const text = message(messages.nextOut, ids);
  messages.append(Buffer.from(text), 0, text.length);
};
const count = (messages: MessageStore): number => {
  let found = 0;
  messages.visit(1, messages.nextOut - 1, (_n, _bytes, from, to) => {
    if (to > from) found += 1;
    return true;
  });
  return found;
};
/** A store that has sent two messages, closed. */
const used = (of: StoreOwner): void => {
  const store = open(of);
  put(store.messages);
  put(store.messages);
  store.messages.nextIn = 5;
  close(store);
};

describe('a message store', () => {
  it('is the session’s: another row with the same one has it, whatever its name', () => {
    used(owner('LP-A', IDS, 'a'));
    const store = open(owner('LP-B', IDS, 'b', ['a']));
    expect([store.messages.nextIn, store.messages.nextOut, count(store.messages)]).toEqual([5, 3, 2]);
    expect(notes).toEqual([]);
  });

  it.each<[string, Ids, string]>([
    ['SenderCompID', ['US2', null, 'LP', null], 'FIX.4.4'],
    ['SenderSubID', ['US', 'S', 'LP', null], 'FIX.4.4'],
    ['TargetCompID', ['US', null, 'LP2', null], 'FIX.4.4'],
    ['TargetSubID', ['US', null, 'LP', 'T'], 'FIX.4.4'],
    ['case', ['us', null, 'LP', null], 'FIX.4.4'],
    ['BeginString', IDS, 'FIX.4.2'],
  ])('is not that of a session with another %s', (_what, ids, beginString) => {
    used(owner('LP-A', IDS, 'a'));
    const store = open(owner('LP-A', ids, 'a'), beginString);
    expect([store.messages.nextIn, store.messages.nextOut]).toEqual([1, 1]);
    close(store);
    expect(open(owner('LP-A', IDS, 'a')).messages.nextOut).toBe(3);
  });

  it('has a folder that no other session has, on any file system, whatever characters the IDs have', () => {
    const id = fc.string({
      unit: fc.constantFrom('a', 'A', '/', '\\', '.', ' ', '~', '"', ',', ':', '%', 'é'),
      minLength: 1,
      maxLength: 64,
    });
    const ids = fc.tuple(id, fc.option(id), id, fc.option(id));
    const folders = new Map<string, string>();
    fc.assert(
      fc.property(ids, (found) => {
        const before = new Set(readdirSync(dir));
        close(open(owner('CON', found)));
        const [folder] = readdirSync(dir).filter((name) => !before.has(name));
        if (folder === undefined) return;
        expect(folder).toMatch(/^FIX\.4\.4~[A-Za-z0-9._-]{1,24}~[A-Za-z0-9._-]{1,24}~[0-9a-f]{32}$/);
        expect(folders.has(folder.toLowerCase())).toBe(false);
        folders.set(folder.toLowerCase(), JSON.stringify(found));
      }),
      { numRuns: 40 },
    );
    expect(folders.size).toBeGreaterThan(30);
  });

  it('has one writer: the second is refused, and told who the first is', () => {
    const first = open(owner('LP-A', IDS, 'a', ['b']));
    expect(() => open(owner('LP-B', IDS, 'b', ['a']))).toThrow(`LP-A (process ${process.pid}) is running this FIX session`);
    close(first);
    open(owner('LP-B', IDS, 'b', ['a']));
  });
});

describe('what lies beside the messages', () => {
  it('may be garbage: then whose the store was is not known, and it is used as it is', () => {
    used(owner('LP-A', IDS, 'first'));
    const [folder = ''] = readdirSync(dir);
    writeFileSync(join(dir, folder, 'lock'), 'garbage '.repeat(1_000));
    writeFileSync(join(dir, folder, 'session.json'), '{"row":');
    const store = open(owner('LP-A', IDS, 'second'));
    expect(store.messages.nextOut).toBe(3);
    expect(() => open(owner('LP-B', IDS))).toThrow('is running this FIX session');
  });

  it('leaves no file behind that only grows in number', () => {
    for (let n = 0; n < 3; n += 1) close(open(owner('LP-A', IDS, 'first')));
    const [folder = ''] = readdirSync(dir);
    expect(readdirSync(join(dir, folder)).sort()).toEqual([
      'inbound.seq',
      'lock',
      'messages.dat',
      'messages.idx',
      'session.json',
    ]);
  });
});

describe('a row that is deleted and made again', () => {
  it('inherits nothing: the old store is kept aside with its date, and that is said with its numbers', () => {
    used(owner('LP-A', IDS, 'first'));
    const store = open(owner('LP-A', IDS, 'second'));
    expect([store.messages.nextIn, store.messages.nextOut, count(store.messages)]).toEqual([1, 1, 0]);
    expect(notes).toEqual([expect.stringContaining(`(next in 5, next out 3) is kept aside as of ${UTC}`)]);
    const files = readdirSync(dir, { recursive: true }).map(String);
    expect(files.filter((name) => name.endsWith(`messages.dat.${UTC}`))).toHaveLength(1);
    close(store);
    open(owner('LP-A', IDS, 'second'));
    expect(notes).toHaveLength(1);
  });

  it('says nothing where there was nothing, and inherits no wish for a reset', () => {
    const first = open(owner('LP-A', IDS, 'first'));
    first.messages.resetPending = true;
    close(first);
    expect(open(owner('LP-A', IDS, 'second')).messages.resetPending).toBe(false);
    expect(notes).toEqual([]);
  });
});

describe('a store of before, named after its provider', () => {
  const old = (name: string, ids: Ids = IDS): void => {
    const messages = new MessageStore(join(dir, name));
    put(messages, ids);
    messages.nextIn = 9;
    messages.close();
  };

  it('is adopted once', () => {
    old('LP-A');
    const store = open(owner('LP-A', IDS, 'a'));
    expect([store.messages.nextIn, store.messages.nextOut, count(store.messages)]).toEqual([9, 2, 1]);
    expect(existsSync(join(dir, 'LP-A'))).toBe(false);
    put(store.messages);
    close(store);
    expect(open(owner('LP-A', IDS, 'a')).messages.nextOut).toBe(3);
    expect(notes).toEqual([expect.stringContaining('belongs to its FIX session from now on')]);
  });

  it('is adopted with what was kept aside in it', () => {
    old('LP-A');
    writeFileSync(join(dir, 'LP-A', `messages.dat.${UTC}`), 'kept');
    open(owner('LP-A', IDS));
    expect(readdirSync(dir, { recursive: true }).map(String)).toContainEqual(expect.stringMatching(/~.*messages\.dat\.2026/));
  });

  it('is not adopted by a session that its messages are not of', () => {
    old('LP-A', ['US', null, 'UAT', null]);
    const store = open(owner('LP-A', ['US', null, 'PROD', null], 'a'));
    expect([store.messages.nextIn, store.messages.nextOut]).toEqual([1, 1]);
    expect(notes).toEqual([expect.stringContaining('its last message is of another session (US to UAT)')]);
    expect(existsSync(join(dir, `LP-A~${UTC}`, 'messages.dat'))).toBe(true);
  });

  it('comes too late where the session has one already', () => {
    used(owner('LP-B', IDS, 'b'));
    old('LP-A');
    const store = open(owner('LP-A', IDS, 'a', ['b']));
    expect(store.messages.nextOut).toBe(3);
    expect(existsSync(join(dir, `LP-A~${UTC}`, 'messages.dat'))).toBe(true);
  });

  it.each([0, 1, 2, 3])(
    'that lay in the store folder itself is whole, also after a crash when %i of its files had been moved',
    (moved) => {
      old('.');
      mkdirSync(join(dir, 'adopting~'));
      for (const name of STORE_FILES.slice(0, moved)) renameSync(join(dir, name), join(dir, 'adopting~', name));
      const store = open(owner('LP', IDS));
      expect([store.messages.nextIn, store.messages.nextOut, count(store.messages)]).toEqual([9, 2, 1]);
      expect(readdirSync(dir)).toHaveLength(1);
    },
  );
});
