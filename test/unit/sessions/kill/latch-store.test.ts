import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KillLatch } from '../../../../main/contracts/lp-record.ts';
import { openLatchStore } from '../../../../main/sessions/kill/latch-store.ts';

const latch: KillLatch = { incidentId: 'incident-1', by: 'trader', reason: 'runaway "loop"\n', atMs: 1_767_600_000_000 };
let dir: string;
let file: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-latch-'));
  file = join(dir, 'kill-latches.json');
});
/** Also for root, whom permissions do not hold: a folder stands where the file is written aside. */
const refuse = (): void => mkdirSync(`${file}.new`);
const accept = (): void => rmdirSync(`${file}.new`);
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('the kill latches on disk', () => {
  it('are there when they are opened again, with names that objects have of their own', () => {
    const providers = ['LP-A', '__proto__', 'constructor', 'lp.a_b-c'];
    openLatchStore(dir).set(providers, latch);
    const again = openLatchStore(dir).all();
    expect([...again.keys()]).toEqual(providers);
    for (const provider of providers) expect(again.get(provider)).toEqual(latch);
  });

  it('of one kill are one file, for this user only, and nothing is left beside it', () => {
    const store = openLatchStore(dir);
    store.set(
      Array.from({ length: 50 }, (_, i) => `LP-${i}`),
      latch,
    );
    expect(readdirSync(dir)).toEqual(['kill-latches.json']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object)).toHaveLength(50);
  });

  it('stay as they were when a write was cut off', () => {
    openLatchStore(dir).set(['LP-A'], latch);
    writeFileSync(`${file}.new`, '{"LP-A": {"incid');
    const store = openLatchStore(dir);
    expect(store.all().get('LP-A')).toEqual(latch);
    store.set(['LP-B'], latch);
    expect([...openLatchStore(dir).all().keys()]).toEqual(['LP-A', 'LP-B']);
  });

  it('are taken off one by one; one that is not there is no matter', () => {
    const store = openLatchStore(dir);
    store.set(['LP-A', 'LP-B'], latch);
    store.clear('LP-A');
    store.clear('LP-X');
    expect([...openLatchStore(dir).all().keys()]).toEqual(['LP-B']);
  });

  it.each(['', '{', '[]', 'null', '{"LP-A": {"incidentId": 1}}', '{"LP-A": null}'])(
    'that are damaged (%s) keep the console from starting, and the file is named',
    (text) => {
      writeFileSync(file, text);
      expect(() => openLatchStore(dir)).toThrow(file);
      expect(readFileSync(file, 'utf8')).toBe(text);
    },
  );

  it('hold in memory when the disk refuses, and are written with the next that it takes', () => {
    const store = openLatchStore(dir);
    refuse();
    expect(() => store.set(['LP-A'], latch)).toThrow('EISDIR');
    expect(store.all().get('LP-A')).toEqual(latch);
    expect(openLatchStore(dir).all().size).toBe(0);
    accept();
    store.set(['LP-B'], latch);
    expect([...openLatchStore(dir).all().keys()]).toEqual(['LP-A', 'LP-B']);
  });

  it('stay when the disk refuses to take one off', () => {
    const store = openLatchStore(dir);
    store.set(['LP-A'], latch);
    refuse();
    expect(() => store.clear('LP-A')).toThrow('EISDIR');
    expect(store.all().get('LP-A')).toEqual(latch);
    accept();
    store.clear('LP-A');
    expect(openLatchStore(dir).all().size).toBe(0);
  });

  it('are written although the data folder was cleared away', () => {
    const store = openLatchStore(dir);
    rmSync(dir, { recursive: true });
    store.set(['LP-A'], latch);
    expect([...openLatchStore(dir).all().keys()]).toEqual(['LP-A']);
  });
});
