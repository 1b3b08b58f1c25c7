import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FixLog } from '../../../main/engine/log/fix-log.ts';

/** "Noticed within 10 s." */
const WITHIN = { timeout: 10_000, interval: 50 };

let home = '';
let dir = '';
let told: string[] = [];
let log: FixLog;
let n = 0;

const open = (): FixLog =>
  new FixLog(
    {
      dir,
      maxBytes: 1e9,
      keep: 5,
      onError: ({ message }) => told.push(`error ${message}`),
      onNote: (text) => told.push(text),
    },
    Date.now(),
  );
const write = (): number => {
  n += 1;
  log.append('in', Buffer.from(`n=${n};`), 0, `n=${n};`.length);
  log.flushSync();
  return n;
};
const numbers = (path = join(dir, 'fix.log')): number[] =>
  [...readFileSync(path, 'utf8').matchAll(/n=(\d+);\n/g)].map(([, number]) => Number(number));

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'vfxlp-disk-'));
  dir = join(home, 'LP');
  told = [];
  n = 0;
  log = open();
});
afterEach(() => {
  log.close();
  rmSync(home, { recursive: true, force: true });
});

describe('the FIX log while somebody takes its file away', () => {
  for (const [what, take] of [
    ['folder is removed', () => rmSync(dir, { recursive: true })],
    ['file is deleted', () => rmSync(join(dir, 'fix.log'))],
  ] as const) {
    it(`begins anew when the ${what}, and says so once`, async () => {
      write();
      take();
      await expect.poll(() => told, WITHIN).toEqual([expect.stringContaining('deleted while it was written')]);
      const next = write();
      expect(numbers()).toEqual([next]);
      expect(told).toHaveLength(1);
    });
  }

  it('goes on in a new file when its file is moved away, as logrotate does, and loses nothing', async () => {
    write();
    const moved = join(dir, 'fix.log.1');
    renameSync(join(dir, 'fix.log'), moved);
    write();
    await expect.poll(() => told, WITHIN).toEqual([expect.stringContaining('moved away')]);
    write();
    expect([numbers(moved), numbers()]).toEqual([[1, 2], [3]]);
  });

  it('goes on at the end of a file that somebody else has made in its place', async () => {
    write();
    renameSync(join(dir, 'fix.log'), join(dir, 'fix.log.1'));
    writeFileSync(join(dir, 'fix.log'), 'theirs\n');
    await expect.poll(() => told, WITHIN).toHaveLength(1);
    write();
    expect(readFileSync(join(dir, 'fix.log'), 'utf8')).toMatch(/^theirs\n.*n=2;\n$/);
  });

  it('leaves no hole when its file is cut short under it', () => {
    write();
    truncateSync(join(dir, 'fix.log'), 0);
    write();
    expect(readFileSync(join(dir, 'fix.log')).includes(0)).toBe(false);
    expect(numbers()).toEqual([2]);
  });

  it('tries again and again where the folder cannot be made, counts what it lost, and says both once', async () => {
    write();
    rmSync(dir, { recursive: true });
    writeFileSync(dir, 'a file in the place of the folder');
    await expect.poll(() => told, WITHIN).toEqual([expect.stringMatching(/^error /)]);
    for (let i = 0; i < 3; i += 1) write();
    rmSync(dir);
    await expect.poll(() => told, WITHIN).toEqual([expect.anything(), expect.stringContaining('written again, without 3 lines')]);
    const next = write();
    expect(numbers()).toEqual([next]);
  });

  it('goes on in the moved file where no other can be made', async () => {
    write();
    const moved = join(home, 'elsewhere');
    renameSync(dir, moved);
    symlinkSync(join(home, 'nowhere', 'at all'), dir);
    await expect.poll(() => told, WITHIN).toEqual([expect.stringMatching(/^error /)]);
    write();
    expect(numbers(join(moved, 'fix.log'))).toEqual([1, 2]);
  });

  it('waits for a folder that is not to be had at the start', async () => {
    const late = join(home, 'late');
    writeFileSync(late, 'a file');
    dir = late;
    log.close();
    log = open();
    write();
    expect(told).toEqual([expect.stringMatching(/^error /)]);
    rmSync(late);
    await expect.poll(() => told.length, WITHIN).toBe(2);
    write();
    expect(numbers()).toEqual([2]);
  });
});

describe('the FIX log on a disk that is full', () => {
  it('has whole lines only, without a hole, and goes on when there is room again', () => {
    mkdirSync(dir, { recursive: true });
    const program = fileURLToPath(new URL('./write-until-full.ts', import.meta.url));
    const ran = spawnSync('bash', ['-c', `ulimit -S -f 40; exec "${process.execPath}" "${program}" "${dir}"`], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect(ran.stderr).toBe('');
    const { written, told: said } = JSON.parse(ran.stdout) as { written: number; told: string[] };
    expect(said).toEqual([expect.stringContaining('EFBIG'), expect.stringMatching(/written again, without \d+ lines/)]);
    const file = readFileSync(join(dir, 'fix.log'), 'utf8');
    expect(file.includes('\0')).toBe(false);
    const lines = file.trimEnd().split('\n');
    expect(lines.filter((line) => !/^[\d:.TZ-]{27} I 8=FIX\.4\.4\x0134=\d+\x0158=x{60}\x0110=000\x01$/.test(line))).toEqual([]);
    const got = lines.map((line) => Number(/\x0134=(\d+)/.exec(line)?.[1]));
    expect(got).toEqual([...new Set(got)].sort((a, b) => a - b));
    // Every line is there or counted.
    expect(got.length + Number(/without (\d+) lines/.exec(said[1] ?? '')?.[1])).toBe(written);
  });
});
