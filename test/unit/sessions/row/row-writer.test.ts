import { beforeEach, describe, expect, it } from 'vitest';
import type { StatusChange } from '../../../../main/contracts/lp-record.ts';
import type { LpStore, Ownership } from '../../../../main/sessions/ports.ts';
import { KillBatch } from '../../../../main/sessions/row/kill-batch.ts';
import { RowWriter } from '../../../../main/sessions/row/row-writer.ts';
import { FakeClock, settle } from '../../../support/fake-clock.ts';
import { MemoryDatabase } from '../../../support/memory-database.ts';

const NONE = { nextIn: null, nextOut: null, attempt: 0 };

let clock: FakeClock;
let database: MemoryDatabase;
let keeper: RowWriter;
let reads: number;
/** While set, writes and questions for ownership wait here. */
let gate: (() => void)[] | null;
let owned: string[];
let refused: string[];

const open = (): void => {
  for (const go of gate?.splice(0) ?? []) go();
  gate = null;
};

beforeEach(() => {
  clock = new FakeClock();
  database = new MemoryDatabase();
  database.put('LP-A');
  reads = 0;
  gate = null;
  owned = [];
  refused = [];
  const gated = async <T>(work: () => Promise<T>): Promise<T> => {
    const waiting = gate;
    if (waiting !== null) await new Promise<void>((resolve) => waiting.push(resolve));
    return work();
  };
  const real = database.store();
  const store: LpStore = {
    ...real,
    setDesired: (provider, desired) => gated(() => real.setDesired(provider, desired)),
    writeStatus: (change: StatusChange, epoch) => gated(() => real.writeStatus(change, epoch)),
  };
  const locks = database.ownership('desk-1/1');
  const ownership: Ownership = {
    ...locks,
    acquire: (provider) =>
      gated(async () => {
        owned.push('acquire');
        return locks.acquire(provider);
      }),
    release: (provider) =>
      gated(async () => {
        owned.push('release');
        return locks.release(provider);
      }),
  };
  keeper = new RowWriter('LP-A', {
    clock,
    store,
    ownership,
    killBatch: new KillBatch(store),
    consoleHost: 'desk-1/1',
    lastRead: () => reads,
    databaseError: () => undefined,
    refused: (what, why) => refused.push(`${what}: ${why}`),
  });
});

describe('what this console knows of a row', () => {
  it('is out of date when it was read before a write of its own was done', async () => {
    reads = 7;
    expect(keeper.outdated(7)).toBe(false);
    keeper.want('inactive');
    await settle();
    expect(keeper.outdated(7)).toBe(true);
    expect(keeper.outdated(8)).toBe(false);
  });

  it('is what its operator wants, until all of it is written', async () => {
    keeper.take(database.row('LP-A'), false);
    gate = [];
    keeper.want('inactive');
    keeper.want('active');
    await settle();
    expect(keeper.desired).toBe('active');
    const [first] = gate.splice(0);
    first?.();
    await settle();
    // The first is written; the row says inactive, and the operator does not.
    expect(database.row('LP-A').desired).toBe('inactive');
    keeper.take(database.row('LP-A'), false);
    expect(keeper.desired).toBe('active');
    expect(keeper.asked).toBe(true);
    open();
    await settle();
    expect(database.row('LP-A').desired).toBe('active');
    expect(keeper.asked).toBe(false);
  });

  it('is its own status while that is still to be written', async () => {
    gate = [];
    keeper.writeStatus(2, { code: 'tcp-reset' }, NONE, 'anyone');
    keeper.take({ ...database.row('LP-A'), status: 1 }, false);
    expect(keeper.status.value).toBe(2);
    open();
    await settle();
    keeper.take({ ...database.row('LP-A'), status: 0, statusReason: null }, false);
    expect(keeper.status.value).toBe(0);
    keeper.take({ ...database.row('LP-A'), status: 1 }, true);
    expect(keeper.status.value).toBe(0);
  });

  it('is no change when the database says it already, and no event when only the reason changes', async () => {
    const first = keeper.writeStatus(2, { code: 'tcp-reset' }, NONE, 'anyone');
    expect(first?.eventId).toEqual(expect.any(String));
    expect(keeper.writeStatus(2, { code: 'tcp-reset' }, NONE, 'anyone')).toBe(first);
    expect(keeper.writeStatus(2, { code: 'tcp-refused' }, NONE, 'anyone')?.eventId).toBeNull();
    await settle();
    expect(database.changes.map(({ from, to, reason }) => [from, to, reason?.code])).toEqual([
      [0, 2, 'tcp-reset'],
      [2, 2, 'tcp-refused'],
    ]);
    keeper.take({ ...database.row('LP-A'), status: 0, statusReason: { code: 'killed' } }, false);
    expect(keeper.writeStatus(0, { code: 'killed' }, NONE, 'anyone')).toBeNull();
  });
});

describe('ownership', () => {
  it('that is given up while it is asked for is given up', async () => {
    gate = [];
    const acquired = keeper.acquire();
    await settle();
    const released = keeper.release();
    await settle();
    open();
    await Promise.all([acquired, released]);
    expect(keeper.held).toBe(false);
    expect(database.row('LP-A').owner).toBeNull();
  });

  it('that is taken again while it is being given up stays', async () => {
    await keeper.acquire();
    gate = [];
    keeper.writeStatus(0, { code: 'deactivated' }, NONE, 'owner');
    const released = keeper.release();
    await settle();
    const waiting = gate;
    gate = null;
    const acquired = keeper.acquire();
    await settle();
    for (const go of waiting) go();
    await Promise.all([acquired, released]);
    await settle();
    expect(keeper.held).toBe(true);
    expect(database.row('LP-A').owner).toBe('desk-1/1');
  });

  it('is proven for the last status of an LP that was given up while it could not be, and given up again', async () => {
    await keeper.acquire();
    keeper.lost();
    database.leasesEnd();
    gate = [];
    keeper.writeStatus(0, { code: 'deactivated' }, NONE, 'owner');
    const released = keeper.release();
    await settle();
    owned.length = 0;
    open();
    await released;
    await settle();
    expect(owned[0]).toBe('acquire');
    expect(owned).toContain('release');
    expect(database.statuses('LP-A')).toEqual([0]);
    expect(database.row('LP-A').owner).toBeNull();
  });

  it('that another console has by now keeps this one’s status from being written, but not a kill', async () => {
    database.put('LP-A', { owner: 'desk-2/2', status: 1 });
    keeper.writeStatus(2, { code: 'tcp-reset' }, NONE, 'owner');
    await settle();
    expect(database.row('LP-A').status).toBe(1);
    keeper.writeStatus(0, { code: 'killed' }, NONE, 'anyone');
    await settle();
    expect(database.row('LP-A').status).toBe(0);
  });

  it('is the other’s only when the row names another console', () => {
    keeper.take({ ...database.row('LP-A'), owner: 'desk-1/1' }, false);
    expect(keeper.foreignOwner).toBeNull();
    keeper.take({ ...database.row('LP-A'), owner: 'desk-2/2' }, false);
    expect(keeper.foreignOwner).toBe('desk-2/2');
  });
});
