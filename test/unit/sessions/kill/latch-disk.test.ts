import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KillLatch } from '../../../../main/contracts/lp-record.ts';
import { forkHelper } from '../../../../main/sessions/fork-helper.ts';
import { WriterProcess } from '../../../../main/sessions/kill/latch-disk.ts';
import type { Latches } from '../../../../main/sessions/kill/latch-file.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const LATCHES: Latches = { 'LP-A': { incidentId: 'i', by: 'b', reason: 'r', atMs: 1 } satisfies KillLatch };

/** A writer that tells the folder and the keys it was opened with as a latch, and does `says` for every write. */
const writer = (says: string): string => `
process.on('message', (command) => {
  if (command.type === 'open') {
    const name = [command.dataDir, ...command.known].join(' ');
    process.send({ type: 'found', latches: { [name]: { incidentId: 'i', by: 'b', reason: 'r', atMs: 1 } } });
    return;
  }
  ${says}
});
`;

let dir: string;
let entry: string;
let clock: FakeClock;
let disk: WriterProcess;
const found: string[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-writer-'));
  entry = join(dir, 'writer.mjs');
  clock = new FakeClock();
  found.length = 0;
});
afterEach(async () => {
  const { pid } = disk;
  const closed = disk.close();
  await clock.advance(2_000);
  await closed;
  if (pid !== null) await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 5_000);
  rmSync(dir, { recursive: true, force: true });
});

function open(says: string): void {
  writeFileSync(entry, writer(says));
  disk = new WriterProcess(forkHelper(entry), dir, clock);
  disk.onFound((latches) => found.push(...Object.keys(latches)));
  disk.open(() => ['LP-A i', 'LP-B j']);
}
const ok = "process.send({ type: 'written', n: command.n, error: null });";
const patience = { timeout: 5_000 };

describe('the process that writes the kill latches', () => {
  it('is told the folder and what is known, and tells what it finds', async () => {
    open(ok);
    await vi.waitFor(() => expect(found).toEqual([`${dir} LP-A i LP-B j`]), patience);
    expect(disk.pid).toBeGreaterThan(0);
  });

  it('writes what it is given, whole', async () => {
    open("if (command.latches['LP-A'].reason === 'r') process.send({ type: 'written', n: command.n, error: null });");
    await expect(disk.write(LATCHES)).resolves.toBeUndefined();
  });

  it('passes on what the disk says', async () => {
    open("process.send({ type: 'written', n: command.n, error: 'ENOSPC' });");
    await expect(disk.write(LATCHES)).rejects.toThrow('ENOSPC');
  });

  it('answers for all that it was sent up to a number, and for nothing beyond it', async () => {
    open("if (command.n === 2) process.send({ type: 'written', n: 2, error: null });");
    let third = 'open';
    const [first, second] = [disk.write(LATCHES), disk.write(LATCHES)];
    const last = disk.write(LATCHES).catch((error: Error) => {
      third = error.message;
    });
    await Promise.all([first, second]);
    expect(third).toBe('open');
    process.kill(disk.pid ?? 0, 'SIGKILL');
    await last;
    expect(third).toContain('ended');
  });

  it('that ends is started again after half a second, or by the next write', async () => {
    open(`if (command.n === 1) process.exit(3); ${ok}`);
    await expect(disk.write(LATCHES)).rejects.toThrow('ended');
    expect(disk.pid).toBeNull();
    await clock.advance(499);
    expect(disk.pid).toBeNull();
    await clock.advance(1);
    expect(disk.pid).toBeGreaterThan(0);
    const { pid } = disk;
    await expect(disk.write(LATCHES)).resolves.toBeUndefined();
    expect(disk.pid).toBe(pid);
    process.kill(pid ?? 0, 'SIGKILL');
    await vi.waitFor(() => expect(disk.pid).toBeNull(), patience);
    await expect(disk.write(LATCHES)).resolves.toBeUndefined();
    expect(clock.waiting).toBe(0);
  });

  it('ends with the console, and is not started again', async () => {
    open(ok);
    await disk.write(LATCHES);
    await disk.close();
    expect(disk.pid).toBeNull();
    expect(clock.waiting).toBe(0);
  });

  it('that does not end is killed after 2 s', async () => {
    open(`process.on('disconnect', () => {}); setInterval(() => {}, 1000); ${ok}`);
    await disk.write(LATCHES);
    let closed = false;
    const closing = disk.close().then(() => {
      closed = true;
    });
    await clock.advance(1_999);
    expect(closed).toBe(false);
    await clock.advance(1);
    await closing;
  });
});
