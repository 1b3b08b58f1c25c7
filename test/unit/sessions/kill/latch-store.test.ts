import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KillLatch } from '../../../../main/contracts/lp-record.ts';
import { type LatchStore, openLatchStore } from '../../../../main/sessions/kill/latch-store.ts';
import { FakeClock, settle } from '../../../support/fake-clock.ts';
import { PlainLatchDisk } from '../../../support/plain-latch-disk.ts';

const latch: KillLatch = { incidentId: 'incident-1', by: 'trader', reason: 'runaway "loop"\n', atMs: 1_767_600_000_000 };
const later: KillLatch = { ...latch, incidentId: 'incident-2' };
let dir: string;
let file: string;
let clock: FakeClock;
let disk: PlainLatchDisk;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-latch-'));
  file = join(dir, 'kill-latches.json');
  clock = new FakeClock();
  disk = new PlainLatchDisk(dir);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const open = (): LatchStore => openLatchStore(dir, clock, disk);
const onDisk = (): string[] => [...openLatchStore(dir, clock, new PlainLatchDisk(dir)).all().keys()];
const full = new Error('ENOSPC: no space left on device');

describe('the kill latches on disk', () => {
  it('are there when they are opened again, with names that objects have of their own', async () => {
    const providers = ['LP-A', '__proto__', 'constructor', 'lp.a_b-c'];
    await open().set(providers, latch);
    const again = open().all();
    expect([...again.keys()]).toEqual(providers);
    for (const provider of providers) expect(again.get(provider)).toEqual(latch);
  });

  it('are taken off one by one, by the incident that set them', async () => {
    const store = open();
    await store.set(['LP-A', 'LP-B'], latch);
    await store.clear('LP-A', 'another incident');
    expect(store.all().has('LP-A')).toBe(true);
    await store.clear('LP-A', latch.incidentId);
    await store.clear('LP-X', latch.incidentId);
    expect(onDisk()).toEqual(['LP-B']);
  });

  it.each(['', '{', '[]', 'null', '{"LP-A": {"incidentId": 1}}', '{"LP-A": null}'])(
    'that are damaged (%s) keep the console from starting, and the file is named',
    (text) => {
      writeFileSync(file, text);
      expect(open).toThrow(`${file} is damaged`);
      expect(readFileSync(file, 'utf8')).toBe(text);
    },
  );

  it('that are a folder say so, with the file and what to do', () => {
    mkdirSync(file);
    expect(open).toThrow(`${file} cannot be read: it is a folder. Move the folder away and put the file back`);
  });

  it('hold in memory when the disk refuses, and are written as soon as it takes them', async () => {
    const store = open();
    const refusals: string[] = [];
    store.onRefused(({ why, latches }) => refusals.push(`${latches.map(([provider]) => provider).join()}: ${why}`));
    disk.mood = full;
    let stands = false;
    void store.set(['LP-A'], latch).then(() => {
      stands = true;
    });
    await settle();
    expect(store.all().get('LP-A')).toEqual(latch);
    expect(refusals).toEqual([`LP-A: ${full.message}`]);
    await clock.advance(1_000);
    expect([refusals.length, stands, onDisk()]).toEqual([2, false, []]);
    disk.mood = 'works';
    await clock.advance(1_000);
    expect([stands, onDisk()]).toEqual([true, ['LP-A']]);
    expect(clock.waiting).toBe(0);
  });

  it('are tried at once when asked for, and each is told when it stands', async () => {
    const store = open();
    disk.mood = full;
    const stood: string[] = [];
    for (const provider of ['LP-A', 'LP-B']) void store.set([provider], latch).then(() => stood.push(provider));
    await settle();
    disk.mood = 'works';
    store.tryNow();
    await settle();
    expect(stood.sort()).toEqual(['LP-A', 'LP-B']);
    expect(onDisk()).toEqual(['LP-A', 'LP-B']);
    expect(clock.waiting).toBe(0);
  });

  it('stay when the disk refuses to take one off', async () => {
    const store = open();
    await store.set(['LP-A'], latch);
    disk.mood = full;
    await expect(store.clear('LP-A', latch.incidentId)).rejects.toThrow('ENOSPC');
    expect(store.all().get('LP-A')).toEqual(latch);
    disk.mood = 'works';
    await clock.advance(1_000);
    expect(onDisk()).toEqual(['LP-A']);
    await store.clear('LP-A', latch.incidentId);
    expect(onDisk()).toEqual([]);
  });

  it('stay, and are written again, when the disk does not answer while one is taken off', async () => {
    const store = open();
    await store.set(['LP-A'], latch);
    disk.mood = 'hang';
    const cleared = store.clear('LP-A', latch.incidentId);
    const refused = expect(cleared).rejects.toThrow('has not answered');
    await clock.advance(3_000);
    await refused;
    expect(store.all().has('LP-A')).toBe(true);
    disk.wakes();
    await settle();
    expect(onDisk()).toEqual(['LP-A']);
  });

  it('that are set while an older one is taken off stay', async () => {
    const store = open();
    await store.set(['LP-A'], latch);
    disk.mood = 'hang';
    const cleared = store.clear('LP-A', latch.incidentId);
    const set = store.set(['LP-A'], later);
    disk.wakes();
    await Promise.all([cleared, set]);
    expect(store.all().get('LP-A')).toEqual(later);
    expect(onDisk()).toEqual(['LP-A']);
  });
});
