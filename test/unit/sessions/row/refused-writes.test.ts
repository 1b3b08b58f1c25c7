import { beforeEach, describe, expect, test } from 'vitest';
import type { LpStore } from '../../../../main/sessions/ports.ts';
import { KillBatch } from '../../../../main/sessions/row/kill-batch.ts';
import { RowWriter } from '../../../../main/sessions/row/row-writer.ts';
import { FakeClock, settle } from '../../../support/fake-clock.ts';
import { MemoryDatabase } from '../../../support/memory-database.ts';

const NONE = { nextIn: null, nextOut: null, attempt: 0 };
const LATCH = { incidentId: 'i-1', by: 'trader', reason: 'runaway', atMs: 0 };

let clock: FakeClock;
let database: MemoryDatabase;
let row: RowWriter;
/** SQLSTATE with which writes of a kind are refused. */
let refusing: { status: string | null; desired: string | null; latch: string | null };
let told: string[];

beforeEach(() => {
  clock = new FakeClock();
  database = new MemoryDatabase();
  database.put('LP-A');
  refusing = { status: null, desired: null, latch: null };
  told = [];
  const real = database.store();
  const refuse = async <T>(code: string | null, write: () => Promise<T>): Promise<T> => {
    if (code !== null) throw Object.assign(new Error(`refused with ${code}`), { code });
    return write();
  };
  const store: LpStore = {
    ...real,
    writeStatus: (change, epoch) => refuse(refusing.status, () => real.writeStatus(change, epoch)),
    setDesired: (provider, desired) => refuse(refusing.desired, () => real.setDesired(provider, desired)),
    setKillLatch: (provider, latch) => refuse(refusing.latch, () => real.setKillLatch(provider, latch)),
    kill: (rows) => refuse(refusing.status ?? refusing.desired ?? refusing.latch, () => real.kill(rows)),
  };
  row = new RowWriter('LP-A', {
    clock,
    store,
    ownership: database.ownership('desk-1/1'),
    killBatch: new KillBatch(store),
    consoleHost: 'desk-1/1',
    lastRead: () => 0,
    databaseError: () => undefined,
    refused: (what, why) => told.push(`${what}: ${why}`),
  });
});

describe('a write that the database', () => {
  test.each(['25006', '53100', '57014', '55P03', '40P01', '40001', '58030', '57P03'])(
    'refuses with %s, which passes, waits in its place and is written',
    async (code) => {
      refusing.status = code;
      row.writeStatus(0, { code: 'killed' }, NONE, 'anyone');
      row.writeStatus(2, { code: 'tcp-reset' }, NONE, 'owner');
      row.want('inactive');
      await clock.advance(5_000);
      expect(told).toEqual([]);
      expect(row.databaseAway).toBe(true);
      refusing.status = null;
      await clock.advance(1_000);
      expect(database.statuses('LP-A')).toEqual([0, 2]);
      expect(database.row('LP-A').desired).toBe('inactive');
    },
  );

  test('refuses for good is set aside and said, and those behind it are written', async () => {
    refusing.status = '23514';
    row.writeStatus(2, { code: 'tcp-reset' }, NONE, 'owner');
    row.want('active');
    await settle();
    expect(database.row('LP-A').desired).toBe('active');
    expect(told).toEqual(['status 2: refused with 23514']);
    expect(row.refused).toMatchObject([
      { of: 'lp', provider: 'LP-A', what: 'status 2', why: 'refused with 23514', current: true },
    ]);
    expect(row.databaseAway).toBe(false);
    // What the database still says is not what is: the status here is the last one.
    row.take({ ...database.row('LP-A'), status: 1 }, false);
    expect(row.status.value).toBe(2);
  });

  test('refused is written when it is retried, and is not kept then', async () => {
    refusing.status = '42703';
    row.writeStatus(2, { code: 'tcp-reset' }, NONE, 'owner');
    await settle();
    row.retryRefused();
    await settle();
    expect(row.refused).toHaveLength(1);
    refusing.status = null;
    row.retryRefused();
    await settle();
    expect(row.refused).toEqual([]);
    expect(database.statuses('LP-A')).toEqual([2]);
    expect(row.written).toBe(true);
  });

  test('refused is not written over a later one, and is kept for the record', async () => {
    refusing.status = '23514';
    row.writeStatus(1, null, NONE, 'owner');
    await settle();
    refusing.status = null;
    row.writeStatus(0, { code: 'deactivated' }, NONE, 'owner');
    await settle();
    row.retryRefused();
    await settle();
    expect(database.statuses('LP-A')).toEqual([0]);
    expect(row.refused).toMatchObject([{ what: 'status 1', current: false }]);
    expect(row.written).toBe(true);
  });

  test('refused is given up when it is discarded, and another that was not named is kept and can be retried', async () => {
    refusing = { status: '23514', desired: '23514', latch: null };
    row.writeStatus(2, { code: 'tcp-reset' }, NONE, 'owner');
    row.want('inactive');
    await settle();
    const [status, desired] = row.refused;
    row.discardRefused(new Set([status?.id ?? '']));
    expect(row.refused).toEqual([desired]);
    expect(row.written).toBe(false);
    refusing = { status: null, desired: null, latch: null };
    row.retryRefused();
    await settle();
    expect(row.refused).toEqual([]);
    expect(row.written).toBe(true);
    expect(database.statuses('LP-A')).toEqual([]);
    expect(database.row('LP-A').desired).toBe('inactive');
    // What the table says counts again.
    row.take({ ...database.row('LP-A'), status: 1 }, false);
    expect(row.status.value).toBe(1);
  });

  test('refused of a kill keeps neither its latch nor its wish from being written', async () => {
    refusing.status = '23514';
    row.writeStatus(2, { code: 'tcp-reset' }, NONE, 'owner');
    row.kill(LATCH, { code: 'killed' });
    await settle();
    expect(database.row('LP-A')).toMatchObject({ killed: LATCH, desired: 'inactive' });
    expect(row.refused.map(({ what, current }) => [what, current])).toEqual([
      ['status 2', false],
      ['the kill latch of incident i-1, and status 0', true],
    ]);
    refusing.status = null;
    row.retryRefused();
    await settle();
    expect(database.statuses('LP-A')).toEqual([0]);
  });

  test('never saw because of a defect is set aside too', async () => {
    database.put('LP-A', { owner: 'desk-1/1' });
    const store = database.store();
    const broken = new RowWriter('LP-A', {
      clock,
      store: { ...store, setDesired: () => Promise.reject(new TypeError('a defect')) },
      ownership: database.ownership('desk-1/1'),
      killBatch: new KillBatch(store),
      consoleHost: 'desk-1/1',
      lastRead: () => 0,
      databaseError: () => undefined,
      refused: (what, why) => told.push(`${what}: ${why}`),
    });
    broken.want('active');
    broken.writeStatus(0, { code: 'killed' }, NONE, 'anyone');
    broken.writeStatus(2, { code: 'tcp-reset' }, NONE, 'owner');
    await settle();
    expect(told).toEqual(['that the LP is to be active: a defect']);
    expect(database.statuses('LP-A')).toEqual([0, 2]);
  });
});
