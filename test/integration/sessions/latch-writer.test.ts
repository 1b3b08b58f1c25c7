import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../../main/base/clock.ts';
import type { KillLatch } from '../../../main/contracts/lp-record.ts';
import { WriterProcess } from '../../../main/sessions/kill/latch-disk.ts';
import { readLatches } from '../../../main/sessions/kill/latch-file.ts';
import { type LatchStore, openLatchStore } from '../../../main/sessions/kill/latch-store.ts';
import { LATCH_WRITER } from '../../support/latch-writer.ts';

const latch: KillLatch = { incidentId: 'incident-1', by: 'trader', reason: 'runaway', atMs: 1_767_600_000_000 };
let dir: string;
let file: string;
let disk: WriterProcess;
let store: LatchStore;

function open(): void {
  disk = new WriterProcess(LATCH_WRITER, dir, systemClock);
  store = openLatchStore(dir, systemClock, disk);
}
const onDisk = (): string[] => Object.keys(readLatches(file));

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-latch-writer-'));
  file = join(dir, 'kill-latches.json');
  open();
});
afterEach(async () => {
  await store.close();
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
});

describe('the process that writes kill latches', () => {
  test('writes fifty with one, for this user only, and takes them off', async () => {
    const providers = Array.from({ length: 50 }, (_, i) => `LP-${i}`);
    await store.set(providers, latch);
    expect(onDisk()).toEqual(providers);
    await store.clear('LP-0', latch.incidentId);
    expect(onDisk()).toEqual(providers.slice(1));
  });

  test('that is stopped stops nobody: the latch is in force at once, and on the disk when it goes on', async () => {
    await store.set(['LP-A'], latch);
    process.kill(disk.pid as number, 'SIGSTOP');
    const began = performance.now();
    const stands = store.set(['LP-B'], latch);
    expect(performance.now() - began).toBeLessThan(50);
    expect(store.all().has('LP-B')).toBe(true);
    expect(onDisk()).toEqual(['LP-A']);
    process.kill(disk.pid as number, 'SIGCONT');
    await stands;
    expect(onDisk()).toEqual(['LP-A', 'LP-B']);
  });

  test('that is killed is started again, and writes what was not on the disk', async () => {
    await store.set(['LP-A'], latch);
    const pid = disk.pid as number;
    process.kill(pid, 'SIGSTOP');
    const stands = store.set(['LP-B'], latch);
    process.kill(pid, 'SIGKILL');
    await stands;
    expect(disk.pid).not.toBe(pid);
    expect(onDisk()).toEqual(['LP-A', 'LP-B']);
  });

  test('finds what another program puts into the file, keeps it, and takes off only what is asked for', async () => {
    await store.set(['LP-A'], latch);
    const found: string[] = [];
    store.onFound((latches) => found.push(...Object.keys(latches)));
    const byHand = { ...latch, incidentId: 'by-hand', by: 'vfxlp' };
    const written = { ...(JSON.parse(readFileSync(file, 'utf8')) as object), 'LP-B': byHand };
    writeFileSync(`${file}.by-hand`, JSON.stringify(written));
    renameSync(`${file}.by-hand`, file);
    // A write of the console does not lose it: neither before it has looked, nor when it has and the console has not taken it over yet.
    await store.set(['LP-C'], latch);
    expect(onDisk().sort()).toEqual(['LP-A', 'LP-B', 'LP-C']);
    await vi.waitFor(() => expect(found).toEqual(['LP-B']), 5_000);
    await store.clear('LP-C', latch.incidentId);
    expect(onDisk().sort()).toEqual(['LP-A', 'LP-B']);
    await store.set(['LP-C'], latch);
    expect(onDisk().sort()).toEqual(['LP-A', 'LP-B', 'LP-C']);
    await store.set(['LP-B'], byHand);
    await store.clear('LP-B', 'by-hand');
    expect(onDisk().sort()).toEqual(['LP-A', 'LP-C']);
  });

  test('writes although the data folder was cleared away', async () => {
    await store.set(['LP-A'], latch);
    rmSync(dir, { recursive: true, maxRetries: 5 });
    await store.set(['LP-B'], latch);
    expect(onDisk()).toEqual(['LP-A', 'LP-B']);
  });

  test('says why the disk refuses, and writes as soon as it does not', async () => {
    mkdirSync(join(file, 'in the way'), { recursive: true });
    const refusals: string[] = [];
    store.onRefused(({ why }) => refusals.push(why));
    const stands = store.set(['LP-A'], latch);
    await vi.waitFor(() => expect(refusals.length).toBeGreaterThan(0), 5_000);
    rmSync(file, { recursive: true });
    await stands;
    expect(onDisk()).toEqual(['LP-A']);
  });
});

/** Only root may mount. */
const mounts = process.getuid?.() === 0 && process.platform === 'linux';
describe.runIf(mounts)('on a full disk', () => {
  test('kills are latched, one after the other, in space that was held for them', async () => {
    await store.close();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2M', 'none', dir]);
    try {
      open();
      await store.set(['LP-A'], latch);
      await vi.waitFor(() => expect(statfsSync(dir).bavail).toBeLessThan(512 - 64), 5_000);
      const stuffing = join(dir, 'stuffing');
      for (let bytes = 65_536; bytes >= 1; bytes = Math.floor(bytes / 2)) fillWith(stuffing, bytes);
      expect(() => writeFileSync(join(dir, 'one more'), 'x')).toThrow('ENOSPC');
      for (const provider of ['LP-B', 'LP-C', 'LP-D']) {
        await store.set([provider], latch);
        for (let bytes = 4_096; bytes >= 1; bytes = Math.floor(bytes / 2)) fillWith(stuffing, bytes);
      }
      expect(onDisk()).toEqual(['LP-A', 'LP-B', 'LP-C', 'LP-D']);
    } finally {
      await store.close();
      execFileSync('umount', [dir]);
    }
  });
});

function fillWith(path: string, bytes: number): void {
  try {
    for (;;) writeFileSync(path, Buffer.alloc(bytes), { flag: 'a' });
  } catch (error) {
    expect((error as Error).message).toContain('ENOSPC');
  }
}
