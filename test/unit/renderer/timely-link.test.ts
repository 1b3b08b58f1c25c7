import { expect, test } from 'vitest';
import { ACT_WITHIN_MS } from '../../../main/contracts/ipc.ts';
import { ok } from '../../../main/contracts/result.ts';
import type { ConsoleLink } from '../../../renderer/api.ts';
import { createConsoleStore } from '../../../renderer/store/console-store.ts';
import { EMPTY_MIRROR } from '../../../renderer/store/mirror.ts';
import { timelyLink } from '../../../renderer/store/timely-link.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { loggedOn } from './lp-views.ts';

const OFFSET_MS = 250;
const WHAT = { provider: 'LP-A', reason: 'test' };

function setUp() {
  const clock = new FakeClock();
  const store = createConsoleStore();
  const heard = (): void =>
    store
      .getState()
      .mirrored({ ...EMPTY_MIRROR, counter: 1, offsetMs: OFFSET_MS, heardAtMs: clock.nowMs(), lps: { 'LP-A': loggedOn() } });
  heard();
  const sent: (readonly [channel: string, notAfterMs: number | undefined])[] = [];
  let answers = true;
  const wire: ConsoleLink = {
    request: (channel, _args, notAfterMs) => {
      sent.push([channel, notAfterMs]);
      return answers ? Promise.resolve(ok(null) as never) : new Promise(() => undefined);
    },
    subscribe: () => () => undefined,
    onLink: () => () => undefined,
  };
  const hang = (): void => {
    answers = false;
  };
  return { clock, store, heard, sent, hang, link: timelyLink(wire, store, clock) };
}

test('an action says until when it may begin, by the clock of the console; a question and a kill do not', async () => {
  const { link, clock, sent } = setUp();
  await link.request('lp.deactivate', WHAT);
  await link.request('lp.timeline', { provider: 'LP-A', limit: 1 });
  await link.request('lp.kill', WHAT);
  expect(sent).toEqual([
    ['lp.deactivate', clock.nowMs() + OFFSET_MS + ACT_WITHIN_MS],
    ['lp.timeline', undefined],
    ['lp.kill', undefined],
  ]);
});

test('a console that says nothing from the press on is told of, and the answer is not waited for', async () => {
  const { link, clock, hang } = setUp();
  hang();
  const answer = link.request('lp.deactivate', WHAT);
  await clock.advance(ACT_WITHIN_MS);
  expect(await answer).toMatchObject({
    error: { code: 'no-answer', message: expect.stringContaining('not carried out any more') },
  });
});

test('a console that is heard may take its time', async () => {
  const { link, clock, hang, heard } = setUp();
  hang();
  let answered = false;
  void link.request('lp.deactivate', WHAT).then(() => {
    answered = true;
  });
  await clock.advance(1_000);
  heard();
  await clock.advance(ACT_WITHIN_MS * 3);
  expect(answered).toBe(false);
});

test('while the console is not heard an action is refused at once and not sent; a kill is sent if it can be', async () => {
  const { link, store, sent } = setUp();
  store.getState().silent();
  expect(await link.request('lp.deactivate', WHAT)).toMatchObject({
    error: { code: 'disconnected', message: expect.stringContaining('nothing was done') },
  });
  expect(await link.request('lp.kill', WHAT)).toMatchObject({ ok: true });
  expect(sent.map(([channel]) => channel)).toEqual(['lp.kill']);
});
