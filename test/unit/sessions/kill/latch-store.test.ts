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

  it.each(['', '{', '[]', 'null', '{"LP-A": {"incidentId": 1}}', '{"LP-A": null}', '{"LP-A": "x"}'])(
    'that are damaged (%s) keep the console from starting, and the file is named',
    (text) => {
      writeFileSync(file, text);
      expect(open).toThrow(`${file} is damaged`);
      expect(readFileSync(file, 'utf8')).toBe(text);
    },
  );

  it.each(['incidentId', 'by', 'reason', 'atMs'] as const)('are damaged where a latch has no %s, or a wrong one', (key) => {
    const { [key]: _, ...without } = latch;
    for (const wrong of [without, { ...latch, [key]: null }]) {
      writeFileSync(file, JSON.stringify({ 'LP-A': latch, 'LP-B': wrong }));
      expect(open).toThrow(`${file} is damaged`);
    }
  });

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

  it('are known to the disk by LP and incident, those that were there before too', async () => {
    await open().set(['LP-A'], latch);
    let known: readonly string[] = [];
    disk.open = (ask) => {
      known = ask();
      return;
    };
    open();
    expect(known).toEqual(['LP-A incident-1']);
    let ask: () => readonly string[] = () => [];
    disk.open = (asked) => {
      ask = asked;
    };
    await open().set(['LP-B'], later);
    expect(ask()).toEqual(['LP-A incident-1', 'LP-B incident-2']);
  });

  it('that were taken off can be set again', async () => {
    const store = open();
    await store.set(['LP-A'], latch);
    await store.clear('LP-A', latch.incidentId);
    await store.set(['LP-A'], latch);
    expect(onDisk()).toEqual(['LP-A']);
  });

  it('are not written for nothing', async () => {
    let writes = 0;
    disk = new PlainLatchDisk(dir, () => {
      writes += 1;
    });
    const store = open();
    await store.set(['LP-A'], latch);
    store.tryNow();
    await store.clear('LP-A', 'another incident');
    await settle();
    expect(writes).toBe(1);
  });

  it('that the disk refuses are named, and no others', async () => {
    const store = open();
    const refused: string[][] = [];
    store.onRefused(({ latches }) => refused.push(latches.map(([provider, { incidentId }]) => `${provider} ${incidentId}`)));
    await store.set(['LP-A', 'LP-B'], latch);
    disk.mood = 'hang';
    const first = store.set(['LP-C'], latch);
    disk.mood = full;
    void store.set(['LP-C'], later);
    await settle();
    expect(refused).toEqual([['LP-C incident-2']]);
    // What stands on the disk by now is the latch before.
    disk.wakes();
    await first;
    disk.mood = full;
    await clock.advance(1_000);
    expect(refused).toEqual([['LP-C incident-2'], ['LP-C incident-2']]);
  });

  it('are not tried again once they are closed', async () => {
    const store = open();
    const refused: string[] = [];
    store.onRefused(({ why }) => refused.push(why));
    disk.mood = full;
    void store.set(['LP-A'], latch);
    await settle();
    await store.close();
    await clock.advance(5_000);
    expect(refused).toHaveLength(1);
    void store.set(['LP-A'], latch);
    await settle();
    expect(clock.waiting).toBe(0);
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
