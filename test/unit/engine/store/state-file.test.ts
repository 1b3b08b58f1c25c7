import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StateFile } from '../../../../main/engine/store/state-file.ts';

const MAX = 0xffff_fffe;

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-state-'));
  path = join(dir, 'inbound.seq');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const written = (nextIn: number, lastOut: number): void => {
  const file = new StateFile(path);
  file.write({ nextIn, lastOut });
  file.sync();
  file.close();
};
const read = () => {
  const file = new StateFile(path);
  try {
    return file.read();
  } finally {
    file.close();
  }
};

describe('the state of a session in its file', () => {
  it.each([
    [1, 0],
    [7, 12],
    [MAX + 1, MAX],
  ])('is there again: next in %d, last out %d', (nextIn, lastOut) => {
    written(nextIn, lastOut);
    expect(read()).toEqual({ nextIn, lastOut, resetPending: false });
  });

  it('is new where there was none, and overwritten in place', () => {
    expect(read()).toBe('new');
    written(7, 12);
    written(8, 3);
    expect(read()).toEqual({ nextIn: 8, lastOut: 3, resetPending: false });
    expect(readFileSync(path)).toHaveLength(21);
  });

  it('is damaged when any of its bytes is another', () => {
    written(7, 12);
    const good = readFileSync(path);
    for (let at = 0; at < good.length; at += 1) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ 1;
      writeFileSync(path, bad);
      expect(read(), `byte ${at}`).toBe('damaged');
    }
  });

  it('is damaged when it is cut short, but for one of before there was a check', () => {
    written(7, 12);
    for (const length of [20, 18, 16, 1]) {
      const fd = openSync(path, 'r+');
      ftruncateSync(fd, length);
      closeSync(fd);
      expect(read()).toBe('damaged');
      written(7, 12);
    }
    const old = readFileSync(path).subarray(0, 17);
    old[8] = 1;
    writeFileSync(path, old);
    expect(read()).toEqual({ nextIn: 7, lastOut: 12, resetPending: true });
  });

  it.each([
    [0, 5],
    [1.5, 5],
    [Number.NaN, 5],
    [2 ** 32 + 1, 5],
    [5, -1],
    [5, 0.5],
    [5, 2 ** 32],
    [Number.POSITIVE_INFINITY, 5],
    [5, 0xffff_ffff],
  ])('is damaged where its numbers cannot be: next in %d, last out %d', (nextIn, lastOut) => {
    written(nextIn, lastOut);
    expect(read()).toBe('damaged');
  });
});
