import { beforeEach, expect, test } from 'vitest';
import type { RefusedWrite, RefusedWrites } from '../../../main/contracts/refused.ts';
import type { OperationDeps } from '../../../main/operations/operation.ts';
import { discardRefused, refusedWrites } from '../../../main/operations/refused-writes.ts';
import { actor, operationsOn } from './operations-on.ts';

const write = (id: string, of: RefusedWrite['of'], atMs: number, what: string): RefusedWrite => ({
  id,
  of,
  provider: of === 'audit' ? null : 'LP-A',
  atMs,
  what,
  why: 'refused',
  current: true,
  content: `{"all of":"${what}"}`,
});

/** Refused writes in memory. */
function keeping(...writes: RefusedWrite[]): RefusedWrites {
  let kept = writes;
  return {
    count: () => kept.length,
    list: async () => kept,
    retry: async () => undefined,
    discard: async (ids) => {
      kept = kept.filter(({ id }) => !ids.has(id));
    },
  };
}

let desk: ReturnType<typeof operationsOn>;
let deps: OperationDeps;

beforeEach(() => {
  desk = operationsOn();
  const refused = [
    keeping(write('a', 'audit', 3, 'the audit row of kill'), write('b', 'audit', 1, 'another audit row')),
    keeping(write('c', 'event', 2, 'an event')),
  ];
  deps = { ...desk.deps, refused };
});

test('those that are named are given up, and no others; the audit says which, the log what they were', async () => {
  const answer = await discardRefused(deps, actor, { ids: ['a', 'c', 'unknown'], reason: 'the table will not be back' });
  expect(answer).toMatchObject({ ok: true, value: [{ id: 'b' }] });
  expect(await refusedWrites(deps)).toEqual(answer);
  expect(desk.audit.rows).toMatchObject([
    {
      operation: 'discard-refused',
      actor: 'desk-1',
      reason: 'the table will not be back',
      result: 'ok',
      detail: '2 discarded: an event (LP-A); the audit row of kill',
    },
  ]);
  expect(desk.log.lines.map(({ details }) => details)).toMatchObject([
    { write: { id: 'c', content: '{"all of":"an event"}' } },
    { write: { id: 'a', content: '{"all of":"the audit row of kill"}' } },
  ]);
});

test('without a reason nothing is given up', async () => {
  const answer = await discardRefused(deps, actor, { ids: ['a'], reason: ' ' });
  expect(answer).toMatchObject({ ok: false, error: { code: 'reason-required' } });
  expect(await refusedWrites(deps)).toMatchObject({ value: [{ id: 'b' }, { id: 'c' }, { id: 'a' }] });
});
