import { expect, test } from 'vitest';
import { fail, ok } from '../../../main/contracts/result.ts';
import { kill, killAll } from '../../../main/operations/kill.ts';
import { lpView } from './lp-view.ts';
import { actor, operationsOn } from './operations-on.ts';
import { incidentOf } from './recorded-control.ts';

const args = { provider: 'LP-A', reason: 'runaway orders' };

test('a kill answers at once; its first row is written at the press, the second when it has settled, and ends the incident', async () => {
  const { deps, control, audit, clock } = operationsOn(lpView('LP-A'));
  const result = await kill(deps, actor, args);
  expect(result).toMatchObject({ ok: true, value: { id: 'incident-1', lps: [{ provider: 'LP-A', outcome: 'running' }] } });
  expect(audit.rows).toMatchObject([
    {
      operation: 'kill',
      provider: 'LP-A',
      reason: 'runaway orders',
      result: 'begun',
      actor: 'desk-1',
      from: 'console-a',
      detail: expect.stringContaining('incident incident-1: LP-A;'),
    },
  ]);

  await clock.advance(2_100);
  control.settle(incidentOf('incident-1', 'lp', 'desk-1', 'runaway orders', ['LP-A'], 'confirmed'));
  await clock.advance(0);
  expect(audit.rows).toHaveLength(2);
  expect(audit.rows[1]).toMatchObject({
    operation: 'kill',
    provider: 'LP-A',
    reason: 'runaway orders',
    result: 'ok',
    actor: 'desk-1',
    source: 'desktop',
    from: 'console-a',
    detail: 'incident incident-1: LP-A confirmed; settled after 2100 ms',
  });
  expect(control.audited).toEqual([['incident-1', null]]);
});

test('a kill waits for no audit: the step is deferred while the database is away and done when it is back', async () => {
  const { deps, control, audit, clock } = operationsOn(lpView('LP-A'));
  audit.down = true;
  expect(await kill(deps, actor, args)).toMatchObject({ ok: true });
  control.settle(incidentOf('incident-1', 'lp', 'desk-1', 'runaway orders', ['LP-A'], 'confirmed'));
  await clock.advance(0);
  expect(control.audited).toEqual([['incident-1', 'PostgreSQL cannot be reached']]);
  audit.down = false;
  await clock.advance(2_000);
  expect(control.audited.at(-1)).toEqual(['incident-1', null]);
  expect(audit.rows.map(({ result }) => result)).toEqual(['begun', 'ok']);
});

test('a kill answers although the audit hangs', async () => {
  const { deps, audit } = operationsOn(lpView('LP-A'));
  audit.hangs = true;
  await kill(deps, actor, args);
  expect(await kill(deps, actor, args)).toMatchObject({ ok: true });
});

test('kill all names every LP, and the row says which is not confirmed', async () => {
  const { deps, control, audit, clock } = operationsOn(lpView('LP-A'), lpView('LP-B'));
  expect(await killAll(deps, actor, { reason: 'market halt', typed: 'KILL' })).toMatchObject({
    ok: true,
    value: { scope: 'all' },
  });
  expect(control.calls).toEqual(['kill LP-A LP-B all desk-1 market halt']);
  const settled = incidentOf('incident-1', 'all', 'desk-1', 'market halt', ['LP-A'], 'confirmed');
  control.settle({ ...settled, lps: [...settled.lps, { provider: 'LP-B', steps: [], log: [], outcome: 'not-confirmed' }] });
  await clock.advance(0);
  expect(audit.rows).toMatchObject([
    { operation: 'kill-all', provider: null, result: 'begun', detail: expect.stringContaining('LP-A, LP-B;') },
    {
      operation: 'kill-all',
      provider: null,
      result: 'not-confirmed',
      detail: expect.stringContaining('LP-A confirmed, LP-B NOT CONFIRMED'),
    },
  ]);
});

test.each(['kill', 'KILL ', '', 'yes'])('kill all typed as %j kills nothing', async (typed) => {
  const { deps, control, audit } = operationsOn(lpView('LP-A'));
  expect(await killAll(deps, actor, { reason: 'market halt', typed })).toMatchObject({
    error: { code: 'typed-differs', field: 'typed' },
  });
  expect(control.calls).toEqual([]);
  expect(audit.rows).toMatchObject([{ operation: 'kill-all', result: 'typed-differs' }]);
});

test('a kill without a reason is refused', async () => {
  const { deps, control, audit } = operationsOn(lpView('LP-A'));
  expect(await kill(deps, actor, { provider: 'LP-A', reason: ' ' })).toMatchObject({ error: { code: 'reason-required' } });
  expect(control.calls).toEqual([]);
  expect(audit.rows).toMatchObject([{ operation: 'kill', result: 'reason-required' }]);
});

test('a second press has a row of its own at once, and the incident still has its own', async () => {
  const { deps, control, audit, clock } = operationsOn(lpView('LP-A'));
  const first = await kill(deps, actor, args);
  control.killAnswer = () => first as never;
  expect(await kill(deps, { ...actor, name: 'desk-2' }, { provider: 'LP-A', reason: 'me too' })).toEqual(first);
  await clock.advance(0);
  expect(audit.rows).toMatchObject([
    { operation: 'kill', actor: 'desk-1', result: 'begun' },
    { operation: 'kill', actor: 'desk-2', reason: 'me too', result: 'ok', detail: 'killed before, in incident incident-1' },
  ]);
  control.settle(incidentOf('incident-1', 'lp', 'desk-1', 'runaway orders', ['LP-A'], 'confirmed'));
  await clock.advance(0);
  expect(audit.rows.map((row) => row.actor)).toEqual(['desk-1', 'desk-2', 'desk-1']);
});

test('a press on an LP that was killed before this console started has its row too', async () => {
  const { deps, control, audit, clock } = operationsOn(lpView('LP-A'));
  control.killAnswer = () => ok(incidentOf('of-yesterday', 'lp', 'night desk', 'gone wild', ['LP-A'], 'confirmed'));
  await kill(deps, actor, args);
  await clock.advance(0);
  expect(audit.rows).toMatchObject([{ operation: 'kill', actor: 'desk-1', detail: 'killed before, in incident of-yesterday' }]);
});

test('a kill that the Session Manager refuses or breaks is audited', async () => {
  const { deps, control, audit, clock, log } = operationsOn(lpView('LP-A'));
  control.killAnswer = () => fail('user', 'unknown-provider', 'There is none.', 'provider');
  expect(await kill(deps, actor, args)).toMatchObject({ error: { code: 'unknown-provider' } });
  control.killAnswer = () => {
    throw new Error('disk on fire');
  };
  expect(await kill(deps, actor, args)).toMatchObject({ error: { kind: 'operational', code: 'kill-failed' } });
  await clock.advance(0);
  expect(audit.rows.map((row) => row.result)).toEqual(['unknown-provider', 'kill-failed']);
  expect(log.lines).toHaveLength(1);
});

test('a latch that another console set is audited under the name it carries', async () => {
  const { control, audit, clock } = operationsOn(lpView('LP-A'));
  control.settle(incidentOf('theirs', 'lp', 'desk-9', 'fat finger', ['LP-A'], 'confirmed'));
  await clock.advance(0);
  expect(audit.rows).toMatchObject([
    { operation: 'kill', provider: 'LP-A', actor: 'desk-9', source: 'system', reason: 'fat finger', result: 'ok' },
  ]);
});
