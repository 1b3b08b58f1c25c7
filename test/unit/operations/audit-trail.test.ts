import { expect, test } from 'vitest';
import type { AuditEntry } from '../../../main/contracts/audit.ts';
import { AuditTrail } from '../../../main/operations/audit-trail.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryAudit, MemoryLog } from './operations-on.ts';

const entry = (operation: string): AuditEntry => ({
  atMs: 1,
  actor: 'desk-1',
  source: 'desktop',
  from: 'console-a',
  operation,
  provider: null,
  reason: null,
  result: 'ok',
  detail: null,
});

function trailOn() {
  const audit = new MemoryAudit();
  const clock = new ManualClock();
  const log = new MemoryLog();
  return { audit, clock, log, trail: new AuditTrail(audit, clock, log) };
}

test('rows that waited are written before later ones, each once', async () => {
  const { audit, trail } = trailOn();
  audit.down = true;
  await trail.written(entry('first'));
  await trail.written(entry('second'));
  audit.down = false;
  await trail.written(entry('third'));
  expect(audit.rows.map((row) => row.operation)).toEqual(['first', 'second', 'third']);
});

test('while the database is away it is tried every two seconds, with one timer', async () => {
  const { audit, clock, trail } = trailOn();
  audit.down = true;
  for (let n = 0; n < 5; n++) await trail.written(entry(`row ${n}`));
  expect(clock.timers).toBe(1);
  await clock.advance(20_000);
  expect(clock.timers).toBe(1);
  audit.down = false;
  await clock.advance(2_000);
  expect(audit.rows).toHaveLength(5);
  expect(clock.timers).toBe(0);
});

test('a row that the database refuses is in the log and holds nothing up', async () => {
  const { audit, clock, log, trail } = trailOn();
  const write = audit.write.bind(audit);
  audit.write = (row) => (row.operation === 'bad' ? Promise.reject(new Error('violates a constraint')) : write(row));
  const outcomes: (string | null)[] = [];
  trail.write(entry('bad'), (error) => outcomes.push(error));
  await trail.written(entry('good'));
  expect(audit.rows.map((row) => row.operation)).toEqual(['good']);
  expect(outcomes).toEqual(['violates a constraint']);
  expect(log.lines).toMatchObject([{ level: 'error', details: { audit: { operation: 'bad' } } }]);
  expect(clock.timers).toBe(0);
});

test('closing tries once more', async () => {
  const { audit, clock, trail } = trailOn();
  audit.down = true;
  await trail.written(entry('late'));
  audit.down = false;
  await trail.close();
  expect(audit.rows).toHaveLength(1);
  expect(clock.timers).toBe(0);
});

test.each(['down', 'hangs'] as const)(
  'closing gives up when the database %s, and the log names what is not written',
  async (how) => {
    const { audit, clock, log, trail } = trailOn();
    audit.down = true;
    await trail.written(entry('lost'));
    audit[how] = true;
    const closed = trail.close();
    await clock.advance(2_000);
    await closed;
    expect(log.lines.at(-1)).toMatchObject({
      details: { audit: { operation: 'lost' } },
      message: expect.stringContaining('shutdown'),
    });
    expect(clock.timers).toBe(0);
  },
);

test('a listener that throws is reported and stops nothing', async () => {
  const { audit, log, trail } = trailOn();
  trail.write(entry('first'), () => {
    throw new Error('listener');
  });
  await trail.written(entry('second'));
  expect(audit.rows).toHaveLength(2);
  expect(log.lines).toHaveLength(1);
});

test('holds a bounded number of rows, and of bytes, and leaves the others to the spool, counted', async () => {
  const { audit, clock, log, trail } = trailOn();
  audit.down = true;
  for (let n = 0; n < 2_500; n++) trail.write(entry(`row ${n}`), () => undefined);
  await clock.advance(0);
  expect(audit.released.length).toBe(500);
  expect(log.lines.filter(({ message }) => message.includes('in its spool only')).at(-1)).toMatchObject({
    details: { released: 500 },
  });
  audit.down = false;
  await clock.advance(2_000);
  expect(audit.rows).toHaveLength(2_000);
  audit.down = true;
  for (let n = 0; n < 1_500; n++)
    trail.write({ ...entry('long'), detail: 'x'.repeat(100_000), reason: 'y'.repeat(100_000) }, () => undefined);
  await clock.advance(0);
  audit.down = false;
  await clock.advance(2_000);
  const written = audit.rows.slice(2_000);
  expect(JSON.stringify(written).length).toBeLessThan(4.5e6);
  expect(written[0]?.detail).toMatch(/bytes more/);
});
