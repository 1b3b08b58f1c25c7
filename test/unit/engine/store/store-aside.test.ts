import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asideStamp, keepAside, STORE_FILES } from '../../../../main/engine/store/store-aside.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-aside-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** The files of a store, which has messages or none. */
const store = (messages: string): void => {
  for (const file of STORE_FILES) writeFileSync(join(dir, file), file === 'messages.dat' ? messages : file);
};
const suffixes = (): string[] =>
  readdirSync(dir)
    .filter((name) => name.startsWith('messages.dat.'))
    .map((name) => name.slice('messages.dat.'.length))
    .sort();

describe('a store that is kept aside', () => {
  it('has the moment in its name', () => {
    expect(asideStamp(Date.UTC(2026, 0, 31, 9, 30, 0, 123))).toBe('20260131T093000.123Z');
  });

  it.each([
    ['rename', false],
    ['copy', true],
  ] as const)('is all of its files: %s', (how, stays) => {
    store('abc');
    keepAside(dir, 'T1', how);
    for (const file of STORE_FILES) {
      expect(existsSync(join(dir, file))).toBe(stays);
      expect(readFileSync(join(dir, `${file}.T1`), 'utf8')).toBe(file === 'messages.dat' ? 'abc' : file);
    }
  });

  it('has a name of its own, though only one file of another has it', () => {
    store('abc');
    keepAside(dir, 'T1', 'copy');
    rmSync(join(dir, 'messages.dat.T1'));
    rmSync(join(dir, 'messages.idx.T1'));
    keepAside(dir, 'T1', 'copy');
    keepAside(dir, 'T1', 'copy');
    expect(suffixes()).toEqual(['T1-2', 'T1-3']);
    expect(existsSync(join(dir, 'inbound.seq.T1'))).toBe(true);
  });

  it('is one of twenty: the oldest go first, and whatever else is in the folder stays', () => {
    writeFileSync(join(dir, 'session.json'), '{}');
    writeFileSync(join(dir, 'messages.dat~'), '');
    store('abc');
    for (let n = 1; n <= 23; n += 1) keepAside(dir, `T${n}`, 'copy');
    expect(suffixes()).toEqual(Array.from({ length: 20 }, (_, n) => `T${n + 4}`).sort());
    for (const file of STORE_FILES) expect(existsSync(join(dir, `${file}.T3`))).toBe(false);
    expect(readdirSync(dir)).toEqual(expect.arrayContaining(['session.json', 'messages.dat~', ...STORE_FILES]));
  });

  it('goes last where it has messages', () => {
    store('abc');
    keepAside(dir, 'T1', 'copy');
    store('');
    for (let n = 2; n <= 25; n += 1) keepAside(dir, `T${n}`, 'copy');
    expect(suffixes()).toContain('T1');
    expect(suffixes()).toHaveLength(20);
    expect(suffixes()).not.toContain('T6');
  });

  it('may lack a file of which nothing is left', () => {
    store('abc');
    for (let n = 1; n <= 20; n += 1) keepAside(dir, `T${n}`, 'copy');
    rmSync(join(dir, 'messages.idx.T1'));
    keepAside(dir, 'T21', 'copy');
    expect(suffixes()).not.toContain('T1');
    expect(existsSync(join(dir, 'inbound.seq.T1'))).toBe(false);
  });
});
