import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { Turns } from '../../../main/base/turns.ts';
import { fail, ok, type Result } from '../../../main/contracts/result.ts';
import { Connection } from '../../../main/ipc/connection.ts';
import { Dispatcher } from '../../../main/ipc/dispatcher.ts';
import { createHandlers } from '../../../main/ipc/handlers.ts';
import { ConsoleFeed } from '../../../main/operations/console-feed.ts';
import { Tokens } from '../../../main/operations/tokens.ts';
import { health, lpView } from '../operations/lp-view.ts';
import { actor, databaseAway, operationsOn } from '../operations/operations-on.ts';
import { HandTails } from './hand-tails.ts';

const DECODED = { msgType: '0', name: 'Heartbeat', admin: true, fields: [], problem: null };

async function decoding(text: string) {
  if (text === 'defect') throw new Error('EACCES: /var/log/secret');
  return ok(DECODED);
}

function dispatcherOn() {
  const parts = operationsOn(lpView('LP-A', { kind: 'logged-on' }));
  const { control, clock, log, deps } = parts;
  const feed = new ConsoleFeed({ control, health: () => health, clock, host: 'console-a', version: '1', log });
  const tails = new HandTails();
  const tokens = new Tokens(join(tmpdir(), 'vfxlp-no-tokens.json'), 'the-own-token-of-this-console', clock);
  const connection = new Connection(actor, tails, () => undefined);
  const dispatcher = new Dispatcher(
    createHandlers(deps, feed, (_asker, _provider, text) => decoding(text), tokens),
    clock,
    log,
    new Turns(),
  );
  return {
    ...parts,
    tails,
    connection,
    dispatcher,
    ask: (channel: unknown, args: unknown, notAfterMs?: unknown) => dispatcher.dispatch(channel, args, connection, notAfterMs),
  };
}

test('a request runs the operation as the actor of its connection', async () => {
  const { ask, control, audit } = dispatcherOn();
  expect(await ask('lp.deactivate', { provider: 'LP-A', reason: 'maintenance' })).toEqual({ ok: true, value: null });
  expect(control.calls).toEqual(['deactivate LP-A maintenance']);
  expect(audit.rows).toMatchObject([{ operation: 'deactivate', actor: actor.name, from: actor.from }]);
});

test('an action that was to begin earlier is refused and not carried out; a kill and a question have no such limit', async () => {
  const { ask, control, clock, audit } = dispatcherOn();
  const past = clock.nowMs() - 1;
  expect(await ask('lp.deactivate', { provider: 'LP-A', reason: 'queued' }, past)).toMatchObject({ error: { code: 'too-late' } });
  expect(control.calls).toEqual([]);
  expect(audit.rows).toEqual([]);
  expect(await ask('lp.deactivate', { provider: 'LP-A', reason: 'in time' }, clock.nowMs())).toMatchObject({ ok: true });
  expect(await ask('console.snapshot', {}, past)).toMatchObject({ ok: true });
  expect(await ask('lp.kill', { provider: 'LP-A', reason: 'now' }, past)).toMatchObject({ ok: true });
});

test('queries answer', async () => {
  const { ask } = dispatcherOn();
  expect(await ask('console.snapshot', {})).toMatchObject({
    ok: true,
    value: { lps: [{ provider: 'LP-A' }], host: 'console-a' },
  });
  expect(await ask('lp.timeline', { provider: 'LP-A', limit: 5 })).toEqual({ ok: true, value: [] });
  expect(await ask('lp.timeline', { provider: 'LP-Z', limit: 5 })).toMatchObject({ error: { code: 'unknown-provider' } });
  expect(await ask('lp.config', { provider: 'LP-A' })).toMatchObject({ error: { code: 'unknown-provider' } });
  expect(await ask('audit.list', { provider: null, limit: 5 })).toEqual({ ok: true, value: [] });
});

test('an invalid row is explained where its configuration is asked for', async () => {
  const { ask, control } = dispatcherOn();
  const problems = [{ column: 'Port', rule: 'must be 1 to 65535' }];
  control.lps.set('LP-A', lpView('LP-A', { kind: 'error' }, { problems }));
  expect(await ask('lp.config', { provider: 'LP-A' })).toMatchObject({ error: { code: 'config-invalid', field: 'Port' } });
});

test.each([
  ['no channel', 'lp.nothing', {}],
  ['a channel of another type', 7, {}],
  ['a name of every object', 'toString', {}],
])('%s is answered, not thrown', async (_name, channel, args) => {
  const { ask } = dispatcherOn();
  expect(await ask(channel, args)).toMatchObject({ ok: false, error: { kind: 'user', code: 'unknown-channel' } });
});

test('bad arguments reach no operation', async () => {
  const { ask, control, audit } = dispatcherOn();
  expect(await ask('lp.kill', { provider: 'LP-A' })).toMatchObject({ error: { code: 'bad-arguments', field: 'reason' } });
  expect(control.calls).toEqual([]);
  expect(audit.rows).toEqual([]);
});

test('the log of an LP that there is not is neither followed nor decoded', async () => {
  const { ask, tails } = dispatcherOn();
  const refused = { ok: false, error: { code: 'unknown-provider' } };
  expect(await ask('fixlog.open', { provider: 'LP-Z', lines: 1, filter: null })).toMatchObject(refused);
  expect(await ask('fixlog.decode', { provider: 'LP-Z', text: '8=FIX.4.4' })).toMatchObject(refused);
  expect(tails.opened).toBe(0);
});

test('what is asked in one packet is done in turns, and a kill at once', async () => {
  const { ask, control } = dispatcherOn();
  const answers = Array.from({ length: 65 }, () => ask('console.snapshot', {}));
  void ask('lp.kill', { provider: 'LP-A', reason: 'now' });
  expect(control.calls).toHaveLength(1);
  expect(await answers[64]).toMatchObject({ error: { code: 'too-many-requests' } });
  const order: number[] = [];
  await Promise.all(answers.slice(0, 64).map((answer, n) => answer.then(() => order.push(n))));
  expect(order).toEqual(Array.from({ length: 64 }, (_, n) => n));
});

test('a handler that throws is answered and logged', async () => {
  const { ask, log } = dispatcherOn();
  const result = await ask('fixlog.decode', { provider: 'LP-A', text: 'defect' });
  expect(result).toMatchObject({ ok: false, error: { kind: 'unexpected' } });
  expect(JSON.stringify(result)).not.toContain('secret');
  expect(log.lines).toMatchObject([{ level: 'error', details: { channel: 'fixlog.decode' } }]);
});

test('a database that is away is answered as such', async () => {
  const { ask, audit } = dispatcherOn();
  audit.down = true;
  expect(await ask('audit.list', { provider: null, limit: 1 })).toMatchObject({
    error: { kind: 'operational', code: 'database-unavailable' },
  });
  expect(databaseAway()).toBeInstanceOf(Error);
});

test('closing waits for the requests that run and takes no more', async () => {
  const { ask, control, dispatcher } = dispatcherOn();
  let finish: (result: Result<null>) => void = () => undefined;
  control.answer = () =>
    new Promise((resolve) => {
      finish = resolve;
    });
  const running = ask('lp.deactivate', { provider: 'LP-A', reason: 'maintenance' });
  await vi.waitFor(() => expect(control.calls).toHaveLength(1));
  let left = -1;
  const closing = dispatcher.close(5_000).then((count) => {
    left = count;
  });
  expect(await ask('console.snapshot', {})).toMatchObject({ error: { kind: 'operational', code: 'shutting-down' } });
  expect(left).toBe(-1);
  expect(await ask('lp.kill', { provider: 'LP-A', reason: 'now of all times' })).toMatchObject({ ok: true });
  finish(ok(null));
  await closing;
  expect(left).toBe(0);
  expect(await running).toEqual({ ok: true, value: null });
});

test('closing gives up at its deadline and says how many did not end', async () => {
  const { ask, control, dispatcher, clock } = dispatcherOn();
  control.answer = () => new Promise(() => undefined);
  void ask('lp.deactivate', { provider: 'LP-A', reason: 'maintenance' });
  void ask('lp.restart', { provider: 'LP-A', reason: 'maintenance' });
  const closing = dispatcher.close(5_000);
  await clock.advance(5_000);
  expect(await closing).toBe(2);
  expect(clock.timers).toBe(0);
});

test('what an operation refuses is handed on as it is', async () => {
  const { ask, control } = dispatcherOn();
  control.answer = async () => fail('user', 'killed', 'It is killed.');
  expect(await ask('lp.activate', { provider: 'LP-A', reason: '' })).toEqual(fail('user', 'killed', 'It is killed.'));
});
