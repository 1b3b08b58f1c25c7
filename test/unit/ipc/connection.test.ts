import { expect, test } from 'vitest';
import type { FixLogBatch } from '../../../main/contracts/ipc.ts';
import { Connection } from '../../../main/ipc/connection.ts';
import { actor } from '../operations/operations-on.ts';
import { fixLine, HandTails } from './hand-tails.ts';

function connect() {
  const tails = new HandTails();
  const batches: FixLogBatch[] = [];
  return { tails, batches, connection: new Connection(actor, tails, (batch) => batches.push(batch)) };
}

test('a tail answers with the last lines, and pushes what follows', async () => {
  const { tails, batches, connection } = connect();
  expect(await connection.openTail('LP-A', 2)).toMatchObject({
    ok: true,
    value: { provider: 'LP-A', lines: [{ n: 1 }, { n: 2 }] },
  });
  tails.write('LP-A', [fixLine(3)], 5);
  tails.write('LP-B', [fixLine(1)]);
  expect(batches).toEqual([{ provider: 'LP-A', lines: [fixLine(3)], skipped: 5 }]);
});

test('opening again replaces the tail, also while the first is being opened', async () => {
  const { tails, batches, connection } = connect();
  await Promise.all([connection.openTail('LP-A', 0), connection.openTail('LP-A', 0), connection.openTail('LP-A', 0)]);
  tails.write('LP-A', [fixLine(1)]);
  expect(batches).toHaveLength(1);
  expect(tails.opened - tails.closed).toBe(1);
});

test('closing the connection closes every tail, also one that is being opened', async () => {
  const { tails, batches, connection } = connect();
  await connection.openTail('LP-A', 0);
  let open = (): void => undefined;
  tails.gate = new Promise((resolve) => {
    open = resolve;
  });
  const opening = connection.openTail('LP-B', 0);
  const closing = connection.close();
  open();
  await closing;
  expect(await opening).toMatchObject({ ok: false, error: { code: 'connection-closed' } });
  expect(tails.opened).toBe(2);
  expect(tails.closed).toBe(2);
  expect(await connection.openTail('LP-A', 0)).toMatchObject({ ok: false, error: { code: 'connection-closed' } });
  expect(batches).toEqual([]);
});

test('a log that cannot be read fails the request, and can be opened again', async () => {
  const { tails, connection } = connect();
  tails.failure = 'EACCES';
  expect(await connection.openTail('LP-A', 0)).toMatchObject({ error: { message: 'EACCES' } });
  tails.failure = null;
  expect(await connection.openTail('LP-A', 0)).toMatchObject({ ok: true });
  await connection.close();
  expect(tails.closed).toBe(1);
});

test('a connection follows eight logs, and another when it has closed one', async () => {
  const { tails, connection } = connect();
  for (let n = 1; n <= 8; n += 1) await connection.openTail(`LP-${n}`, 0);
  expect(await connection.openTail('LP-9', 0)).toMatchObject({ ok: false, error: { code: 'too-many-tails' } });
  expect(await connection.openTail('LP-8', 0)).toMatchObject({ ok: true });
  await connection.closeTail('LP-1');
  expect(await connection.openTail('LP-9', 0)).toMatchObject({ ok: true });
  expect(tails.opened - tails.closed).toBe(8);
});

test('closing a tail that is not open is no fault', async () => {
  const { connection } = connect();
  await connection.closeTail('LP-A');
  await connection.close();
});
