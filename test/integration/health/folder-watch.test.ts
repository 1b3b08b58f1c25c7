import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isErrno } from '../../../main/base/errors.ts';
import { FolderWatch } from '../../../main/health/folder-watch.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const LOOK_MS = 5_000;
let root: string;
let data: string;
let logs: string;
let clock: FakeClock;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vfxlp-folders-'));
  [data, logs] = [join(root, 'data'), join(root, 'logs')];
  for (const folder of [data, logs]) mkdirSync(folder);
  clock = new FakeClock();
});
afterEach(() => rmSync(root, { recursive: true }));

const watchBoth = () =>
  new FolderWatch(
    [
      { name: 'data folder', path: data },
      { name: 'FIX log folder', path: logs },
    ],
    clock,
  );

async function closed(watch: FolderWatch): Promise<void> {
  const done = watch.close();
  await clock.advance(1_000);
  await done;
}

test('both folders are looked at, and leave nothing behind', async () => {
  const watch = watchBoth();
  expect(watch.health().checkedAtMs).toBeNull();
  await vi.waitFor(() => expect(watch.health().text).toMatch(/data folder .*FIX log folder|FIX log folder .*data folder/));
  expect(watch.health().freeBytes).toBeGreaterThan(0);
  await closed(watch);
  expect([...readdirSync(data), ...readdirSync(logs)]).toEqual([]);
  expect(clock.waiting).toBe(0);
});

test('a folder that is gone is down, whichever of the two it is, and comes back by itself', async () => {
  const watch = watchBoth();
  for (const [folder, name] of [
    [data, 'data folder'],
    [logs, 'FIX log folder'],
  ] as const) {
    renameSync(folder, `${folder}-away`);
    await vi.waitFor(async () => {
      await clock.advance(LOOK_MS);
      expect(watch.health()).toMatchObject({
        state: 'down',
        text: expect.stringContaining(`The ${name} ${folder} cannot be written: it is gone`),
      });
    });
    renameSync(`${folder}-away`, folder);
    await vi.waitFor(async () => {
      await clock.advance(LOOK_MS);
      expect(watch.health().text).not.toContain('is gone');
    });
  }
  await closed(watch);
});

/** Until the disk takes no more. */
function fill(file: string): void {
  try {
    for (;;) appendFileSync(file, Buffer.alloc(4_096));
  } catch (error) {
    if (!isErrno(error) || error.code !== 'ENOSPC') throw error;
  }
}

/** Only root may mount. */
const mounts = process.getuid?.() === 0 && process.platform === 'linux';
describe.runIf(mounts)('on disks of their own', () => {
  beforeEach(() => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4G', 'none', data]);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4G', 'none', logs]);
  });
  afterEach(() => {
    for (const folder of [data, logs]) execFileSync('umount', ['-l', folder]);
  });

  async function says(watch: FolderWatch, state: string, text: RegExp, meanwhile: () => void = () => undefined): Promise<void> {
    await vi.waitFor(async () => {
      meanwhile();
      await clock.advance(LOOK_MS);
      expect(watch.health()).toMatchObject({ state, text: expect.stringMatching(text) });
    });
  }

  test('a full or a read-only data folder is down though the logs have room', async () => {
    const watch = watchBoth();
    await says(watch, 'ok', /GB free in the data folder/);
    execFileSync('mount', ['-o', 'remount,size=1M', data]);
    await says(watch, 'down', /0\.0 GB free in the data folder .*; 4\.3 GB free in the FIX log folder/);
    // The room that a look gave back is filled again.
    await says(watch, 'down', /^The data folder .* cannot be written: its disk is full; /, () => fill(join(data, 'full')));
    // Busy while a look has a file open.
    await vi.waitFor(() => execFileSync('mount', ['-o', 'remount,size=4G,ro', data], { stdio: 'pipe' }));
    await says(watch, 'down', /^The data folder .* cannot be written: its disk is read-only; /);
    execFileSync('mount', ['-o', 'remount,rw', data]);
    await says(watch, 'ok', /GB free in the data folder/);
    await closed(watch);
  });
});
