import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReservedFile } from '../../../../main/sessions/kill/reserved-file.ts';

const HELD = 256 * 1024;

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-reserved-'));
  path = join(dir, 'kill-latches.json');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const names = (): string[] => readdirSync(dir).sort();
const text = (): string => readFileSync(path, 'utf8');
const ino = (name: string): number => statSync(join(dir, name)).ino;

describe('a file whose next version has its space beforehand', () => {
  it('is written as it is where nothing is held', () => {
    new ReservedFile(path).write('{}');
    expect(text()).toBe('{}');
    expect(names()).toEqual(['kill-latches.json']);
  });

  it('holds the space in a file beside it, for its user alone, with the folder that it is in', () => {
    path = join(dir, 'data', 'kill-latches.json');
    new ReservedFile(path).hold();
    const { size, mode } = statSync(`${path}.reserve`);
    expect([size, mode & 0o777]).toEqual([HELD, 0o600]);
    expect(readFileSync(`${path}.reserve`, 'utf8').trim()).toBe('');
  });

  it('goes into the space that is held, and the version of before is the next space', () => {
    const file = new ReservedFile(path);
    file.hold();
    const first = ino('kill-latches.json.reserve');
    file.write('{"a":1}');
    expect([text().trimEnd(), text().length, ino('kill-latches.json')]).toEqual(['{"a":1}', HELD, first]);
    // There was no version before the first: its space is asked for anew.
    expect(names()).toEqual(['kill-latches.json']);
    file.hold();
    const second = ino('kill-latches.json.reserve');
    file.write('{"b":22}');
    expect([text().trimEnd(), ino('kill-latches.json'), ino('kill-latches.json.reserve')]).toEqual(['{"b":22}', second, first]);
    file.hold();
    file.write('{}');
    expect([text().trimEnd(), ino('kill-latches.json'), ino('kill-latches.json.reserve')]).toEqual(['{}', first, second]);
    expect(names()).toEqual(['kill-latches.json', 'kill-latches.json.reserve']);
  });

  it('holds no other space while it has one', () => {
    const file = new ReservedFile(path);
    file.hold();
    const reserve = ino('kill-latches.json.reserve');
    const { mtimeMs } = statSync(`${path}.reserve`);
    file.hold();
    new ReservedFile(path).hold();
    expect([ino('kill-latches.json.reserve'), statSync(`${path}.reserve`).mtimeMs]).toEqual([reserve, mtimeMs]);
  });

  it('fills up a space that is too small', () => {
    writeFileSync(`${path}.reserve`, 'x');
    new ReservedFile(path).hold();
    expect(statSync(`${path}.reserve`).size).toBe(HELD);
    expect(readFileSync(`${path}.reserve`, 'utf8').trim()).toBe('');
  });

  it.each([
    [HELD - 2, true],
    [HELD - 1, false],
  ])('has %d characters and two quotation marks in it: %s', (length, inside) => {
    const file = new ReservedFile(path);
    file.hold();
    const reserve = ino('kill-latches.json.reserve');
    const json = JSON.stringify('x'.repeat(length));
    file.write(json);
    expect(text()).toBe(json);
    expect(ino('kill-latches.json') === reserve).toBe(inside);
  });

  it('is written all the same when somebody has cleared the folder away, and holds space again', () => {
    const file = new ReservedFile(path);
    file.hold();
    rmSync(dir, { recursive: true });
    mkdirSync(dir);
    file.write('{"a":1}');
    expect(text()).toBe('{"a":1}');
    file.hold();
    expect(statSync(`${path}.reserve`).size).toBe(HELD);
    file.write('{}');
    expect(text().length).toBe(HELD);
  });

  it('says what the disk says, and is then as it was', () => {
    writeFileSync(join(dir, 'file'), '');
    const file = new ReservedFile(join(dir, 'file', 'latches'));
    expect(() => file.hold()).toThrow(/ENOTDIR|EEXIST/);
    expect(() => file.write('{}')).toThrow(/ENOTDIR|EEXIST/);
    mkdirSync(path);
    const blocked = new ReservedFile(path);
    blocked.hold();
    expect(() => blocked.write('{}')).toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    expect(statSync(path).isDirectory()).toBe(true);
  });
});
