import { describe, expect, test } from 'vitest';
import { fail } from '../../../main/contracts/result.ts';
import { kill, rearm } from '../../../main/operations/kill.ts';
import { createLp, deleteLp, saveLp } from '../../../main/operations/lp-configuration.ts';
import { activate, deactivate, restart, takeOver } from '../../../main/operations/lp-life.ts';
import { resendRequest, resetSequence, setSequence, testRequest } from '../../../main/operations/sequence.ts';
import { lpView } from './lp-view.ts';
import { actor, draft, operationsOn } from './operations-on.ts';

const provider = 'LP-A';
const loggedOn = () => lpView(provider, { kind: 'logged-on' });

describe('every action is done once and leaves one row', () => {
  const cases = [
    ['activate', activate, {}, 'activate LP-A'],
    ['deactivate', deactivate, {}, 'deactivate LP-A maintenance'],
    ['restart', restart, {}, 'restart LP-A'],
    ['rearm', rearm, { typed: provider }, 'rearm LP-A'],
    ['set-sequence', setSequence, { nextIn: 7, nextOut: null }, 'set-sequence LP-A 7 '],
    ['reset-sequence', resetSequence, {}, 'reset-sequence LP-A'],
    ['resend-request', resendRequest, { from: 12 }, 'resend-request LP-A 12'],
  ] as const;

  test.each(cases)('%s', async (operation, run, extra, call) => {
    const { deps, control, audit, clock } = operationsOn(loggedOn());
    const args = { provider, reason: ' maintenance ', typed: '', nextIn: null, nextOut: null, from: 1, ...extra };
    expect(await run(deps, actor, args)).toEqual({ ok: true, value: null });
    expect(control.calls).toEqual([call]);
    expect(audit.rows).toHaveLength(1);
    expect(audit.rows[0]).toMatchObject({
      operation,
      provider,
      reason: 'maintenance',
      result: 'ok',
      actor: 'desk-1',
      source: 'desktop',
      from: 'console-a',
      atMs: clock.nowMs(),
    });
  });

  test('take-over: the row says who is gone, and what is taken over', async () => {
    const { deps, control, audit } = operationsOn(lpView(provider));
    const done = await takeOver(deps, actor, { provider, reason: 'machine is off', typed: provider });
    expect(done).toEqual({ ok: true, value: { console: 'desk-9/1', lps: ['LP-A', 'LP-B'] } });
    expect(control.calls).toEqual(['take-over LP-A desk-1']);
    expect(audit.rows).toMatchObject([
      { operation: 'take-over', provider, reason: 'machine is off', detail: 'desk-9/1 is gone; it owned LP-A, LP-B' },
    ]);
    expect(await takeOver(deps, actor, { provider, reason: 'x', typed: 'lp-a' })).toMatchObject({
      error: { code: 'typed-differs' },
    });
  });

  test('test-request asks for no reason', async () => {
    const { deps, control, audit } = operationsOn(loggedOn());
    expect(await testRequest(deps, actor, { provider })).toMatchObject({ ok: true });
    expect(control.calls).toEqual(['test-request LP-A']);
    expect(audit.rows).toMatchObject([{ operation: 'test-request', reason: null, result: 'ok' }]);
  });
});

test('a console that shuts down takes a kill and nothing else', async () => {
  const { deps, control, audit, operations } = operationsOn(loggedOn());
  operations.shutDown();
  const args = { provider, reason: 'late', typed: provider };
  for (const run of [activate, deactivate, restart, rearm]) {
    expect(await run(deps, actor, args)).toMatchObject({ error: { kind: 'operational', code: 'shutting-down' } });
  }
  expect(control.calls).toEqual([]);
  expect(audit.rows).toHaveLength(4);
  expect(await kill(deps, actor, args)).toMatchObject({ ok: true });
});

describe('a refusal does nothing and is audited', () => {
  const needReason = [
    ['deactivate', deactivate],
    ['restart', restart],
    ['rearm', rearm],
    ['take-over', takeOver],
    ['set-sequence', setSequence],
    ['reset-sequence', resetSequence],
    ['resend-request', resendRequest],
    ['delete', deleteLp],
  ] as const;
  const args = { provider, typed: provider, nextIn: 1, nextOut: 1, from: 1 };

  test.each(needReason)('%s without a reason', async (operation, run) => {
    const { deps, control, audit } = operationsOn(lpView(provider));
    expect(await run(deps, actor, { ...args, reason: '  ' })).toMatchObject({
      ok: false,
      error: { kind: 'user', code: 'reason-required', field: 'reason' },
    });
    expect(control.calls).toEqual([]);
    expect(audit.rows).toMatchObject([{ operation, result: 'reason-required' }]);
  });

  test.each(needReason)('%s with a reason of 201 characters, which is cut in the row', async (_operation, run) => {
    const { deps, control, audit } = operationsOn(lpView(provider));
    expect(await run(deps, actor, { ...args, reason: 'x'.repeat(201) })).toMatchObject({
      ok: false,
      error: { code: 'reason-too-long', field: 'reason' },
    });
    expect(control.calls).toEqual([]);
    expect(audit.rows[0]?.reason).toHaveLength(200);
  });

  test('activate takes an empty reason, and refuses a long one', async () => {
    const { deps, control, audit } = operationsOn(lpView(provider));
    expect(await activate(deps, actor, { provider, reason: '' })).toMatchObject({ ok: true });
    expect(audit.rows).toMatchObject([{ reason: null }]);
    expect(await activate(deps, actor, { provider, reason: 'x'.repeat(201) })).toMatchObject({ ok: false });
    expect(control.calls).toEqual(['activate LP-A']);
  });

  test.each(['lp-a', 'LP-A ', '', 'KILL'])('rearm typed as %j', async (typed) => {
    const { deps, control, audit } = operationsOn(lpView(provider));
    expect(await rearm(deps, actor, { provider, reason: 'fixed', typed })).toMatchObject({
      ok: false,
      error: { code: 'typed-differs', field: 'typed' },
    });
    expect(control.calls).toEqual([]);
    expect(audit.rows).toMatchObject([{ operation: 'rearm', reason: 'fixed', result: 'typed-differs' }]);
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 31])('sequence number %d', async (number) => {
    const { deps, control } = operationsOn(lpView(provider));
    const reason = 'LP asked';
    expect(await setSequence(deps, actor, { provider, reason, nextIn: null, nextOut: number })).toMatchObject({
      error: { code: 'bad-seq-num', field: 'nextOut' },
    });
    expect(await resendRequest(deps, actor, { provider, reason, from: number })).toMatchObject({
      error: { code: 'bad-seq-num', field: 'from' },
    });
    expect(control.calls).toEqual([]);
  });

  test('set-sequence with nothing to set', async () => {
    const { deps, control } = operationsOn(lpView(provider));
    const result = await setSequence(deps, actor, { provider, reason: 'LP asked', nextIn: null, nextOut: null });
    expect(result).toMatchObject({ error: { code: 'nothing-to-set' } });
    expect(control.calls).toEqual([]);
  });
});

describe('a failure is answered and audited', () => {
  test('what the Session Manager refuses', async () => {
    const { deps, control, audit } = operationsOn(lpView(provider));
    control.answer = async () => fail('user', 'killed', 'It is killed.');
    expect(await activate(deps, actor, { provider, reason: '' })).toMatchObject({ error: { code: 'killed' } });
    expect(audit.rows).toMatchObject([{ result: 'killed', detail: 'It is killed.' }]);
  });

  test('a bug is answered without its internals, and logged', async () => {
    const { deps, control, audit, log } = operationsOn(lpView(provider));
    control.answer = () => Promise.reject(new TypeError('secret internals'));
    const result = await restart(deps, actor, { provider, reason: 'stuck' });
    expect(result).toMatchObject({ ok: false, error: { kind: 'unexpected', code: 'unexpected' } });
    expect(JSON.stringify(result)).not.toContain('internals');
    expect(audit.rows).toMatchObject([{ operation: 'restart', result: 'unexpected' }]);
    expect(log.lines).toMatchObject([{ level: 'error', details: { operation: 'restart', provider } }]);
  });

  test('a database that is away is operational', async () => {
    const { deps, configs } = operationsOn(lpView(provider));
    configs.down = true;
    expect(await createLp(deps, actor, { draft })).toMatchObject({
      error: { kind: 'operational', code: 'database-unavailable' },
    });
  });

  test('a deactivation works without the audit, whose row follows when the database is back', async () => {
    const { deps, audit, clock } = operationsOn(loggedOn());
    audit.down = true;
    expect(await deactivate(deps, actor, { provider, reason: 'maintenance' })).toMatchObject({ ok: true });
    expect(audit.rows).toEqual([]);
    audit.down = false;
    await clock.advance(2_000);
    expect(audit.rows).toMatchObject([{ operation: 'deactivate', result: 'ok' }]);
  });

  test('a database that hangs holds an answer up for a second at most', async () => {
    const { deps, audit, clock } = operationsOn(loggedOn());
    audit.hangs = true;
    let answered = false;
    const answer = deactivate(deps, actor, { provider, reason: 'maintenance' }).then((result) => {
      answered = true;
      return result;
    });
    await clock.advance(999);
    expect(answered).toBe(false);
    await clock.advance(1);
    expect(await answer).toMatchObject({ ok: true });
  });
});

describe('configuration', () => {
  test('create, save and delete have the Session Manager read the row again', async () => {
    const { deps, control, configs, audit } = operationsOn(lpView(provider));
    expect(await createLp(deps, actor, { draft })).toMatchObject({ ok: true, value: { version: 1 } });
    expect(await saveLp(deps, actor, { draft: { ...draft, port: 9_877 } })).toMatchObject({ value: { config: { version: 2 } } });
    expect(await deleteLp(deps, actor, { provider, reason: 'gone' })).toEqual({ ok: true, value: null });
    expect(control.calls).toEqual(['refresh LP-A', 'refresh LP-A', 'refresh LP-A']);
    expect(configs.stored.size).toBe(0);
    expect(audit.rows.map(({ operation, result }) => [operation, result])).toEqual([
      ['create', 'ok'],
      ['save', 'ok'],
      ['delete', 'ok'],
    ]);
  });

  test('no password gets into the audit', async () => {
    const { deps, audit } = operationsOn(lpView(provider));
    await createLp(deps, actor, { draft: { ...draft, password: 'geheim' } });
    await saveLp(deps, actor, { draft: { ...draft, password: 'geheim' } });
    expect(JSON.stringify(audit.rows)).not.toContain('geheim');
  });

  test('a refused save changes nothing else', async () => {
    const { deps, control, audit } = operationsOn();
    expect(await saveLp(deps, actor, { draft })).toMatchObject({ error: { code: 'unknown-provider' } });
    expect(control.calls).toEqual([]);
    expect(audit.rows).toMatchObject([{ operation: 'save', result: 'unknown-provider' }]);
  });

  test.each([
    ['logged-on', { kind: 'logged-on' }, 'next-logon'],
    ['connecting', { kind: 'connecting', step: 'tcp' }, 'next-logon'],
    ['retry', { kind: 'retry', atMs: 1, attempt: 1 }, 'now'],
    ['inactive', { kind: 'inactive' }, 'now'],
  ] as const)('a change that needs a logon, saved while %s', async (_name, state, applies) => {
    const { deps, configs, audit } = operationsOn(lpView(provider, state));
    await configs.create(draft);
    expect(await saveLp(deps, actor, { draft })).toMatchObject({ value: { applies } });
    expect(audit.rows[0]?.detail).toContain(applies === 'now' ? 'applies now' : 'applies at the next logon');
  });

  test.each([
    ['logged on', lpView(provider, { kind: 'logged-on' }), 'not-inactive'],
    ['off schedule', lpView(provider, { kind: 'off-schedule', opensAtMs: null }), 'not-inactive'],
    ['killed', lpView(provider, { kind: 'killed', latch: { incidentId: 'i', by: 'x', reason: 'y', atMs: 1 } }), 'not-inactive'],
  ])('an LP that is %s is not deleted', async (_name, view, code) => {
    const { deps, configs, audit } = operationsOn(view);
    await configs.create(draft);
    expect(await deleteLp(deps, actor, { provider, reason: 'gone' })).toMatchObject({ error: { kind: 'user', code } });
    expect(configs.stored.has(provider)).toBe(true);
    expect(audit.rows).toMatchObject([{ operation: 'delete', result: code }]);
  });

  test('an LP whose row is invalid is deleted', async () => {
    const view = lpView(provider, { kind: 'error' }, { problems: [{ column: 'Port', rule: 'must be 1 to 65535' }] });
    const { deps, configs } = operationsOn(view);
    await configs.create(draft);
    expect(await deleteLp(deps, actor, { provider, reason: 'gone' })).toMatchObject({ ok: true });
  });
});
