import { beforeEach, describe, expect, it } from 'vitest';
import type { LpState, LpView } from '../../../main/contracts/lp-view.ts';
import { Trouble } from '../../../main/sessions/lp/trouble.ts';
import { type Notice, Notices } from '../../../main/shell/notices.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { fakeLp } from '../../support/fake-lps.ts';

const NAMES = Array.from({ length: 40 }, (_, n) => `LP-${n + 1}`);
const RETRY: LpState = { kind: 'retry', atMs: 0, attempt: 1 };
const UP: LpState = { kind: 'logged-on' };
const killed = (by = 'desk-1', reason = 'runaway prices'): LpState => ({
  kind: 'killed',
  latch: { incidentId: 'i1', by, reason, atMs: 0 },
});

let clock: FakeClock;
let shown: Notice[];
let notices: Notices;
/** Its trouble is the Session Manager's, as in the product. */
const troubles = new Map<string, Trouble>();
const lp = (provider: string, state: LpState, more: Partial<LpView> = {}): LpView => {
  const trouble = troubles.get(provider) ?? new Trouble();
  troubles.set(provider, trouble);
  trouble.look(
    { state, status: state.kind === 'logged-on' ? 1 : 0, silent: false, wanted: state.kind !== 'inactive' },
    clock.nowMs(),
  );
  return { ...fakeLp(0, clock.nowMs(), true), reason: null, ...more, provider, state, trouble: trouble.value };
};
const all = (state: LpState): LpView[] => NAMES.map((name) => lp(name, state));
const goes = async (name: string, ...states: readonly LpState[]): Promise<void> => {
  for (const state of states) {
    notices.heard([lp(name, state)]);
    await clock.advance(10);
  }
};
const titles = (): readonly string[] => shown.map(({ title }) => title);

beforeEach(() => {
  clock = new FakeClock();
  troubles.clear();
  shown = [];
  notices = new Notices(clock, all(UP), (notice) => shown.push(notice));
});

describe('an LP that goes down', () => {
  it('is told once, within a second, with our words for why', async () => {
    notices.heard([lp('LP-1', RETRY, { reason: { code: 'tcp-closed', peerText: '<a href="http://evil">click</a>' } })]);
    await clock.advance(999);
    expect(shown).toEqual([]);
    await clock.advance(1);
    expect(shown).toEqual([
      { kind: 'down', title: 'LP-1 down', body: 'The peer closed the connection. It is tried again.', provider: 'LP-1' },
    ]);
    for (let attempt = 2; attempt < 50; attempt += 1) {
      await goes('LP-1', { kind: 'connecting', step: 'tcp' }, { kind: 'logon' }, { ...RETRY, attempt });
      await clock.advance(2_000);
    }
    expect(shown).toHaveLength(1);
  });

  it('is told when it needs a person, whether its first sign is a retry, an error, or that it connects again in the middle of a gap', async () => {
    await goes('LP-1', { kind: 'stopping' }, { kind: 'error' });
    await goes('LP-2', { kind: 'recovering', received: 0, total: 9 }, { kind: 'connecting', step: 'tcp' });
    await goes('LP-3', { kind: 'stopping' }, RETRY);
    await clock.advance(1_000);
    expect(shown).toMatchObject([{ title: '3 LPs down', body: 'LP-1, LP-2, LP-3', provider: null }]);
  });

  it('is not told when somebody wants it down: deactivated, restarted, off schedule, or run by another console', async () => {
    await goes('LP-1', { kind: 'stopping' }, { kind: 'inactive' });
    await goes('LP-2', { kind: 'stopping' }, { kind: 'connecting', step: 'engine' }, { kind: 'logon' }, UP);
    await goes('LP-3', { kind: 'stopping' }, { kind: 'off-schedule', opensAtMs: null });
    await goes('LP-4', { kind: 'foreign', owner: 'other' });
    await clock.advance(60_000);
    expect(shown).toEqual([]);
  });

  it('is told when it was activated and does not come up', async () => {
    await goes('LP-1', { kind: 'inactive' }, { kind: 'connecting', step: 'tcp' }, RETRY);
    await clock.advance(1_000);
    expect(titles()).toEqual(['LP-1 down']);
  });

  it('and up, and down again is one cause until a session has lasted', async () => {
    for (let n = 0; n < 20; n += 1) {
      await goes('LP-1', RETRY, UP);
      await clock.advance(5_000);
    }
    expect(shown).toHaveLength(1);
    await clock.advance(10_000);
    await goes('LP-1', UP, RETRY);
    await clock.advance(1_000);
    expect(shown).toHaveLength(2);
  });

  it('is new when it was put to rest in between, or deleted and made again', async () => {
    await goes('LP-1', RETRY);
    await clock.advance(10_000);
    await goes('LP-1', { kind: 'inactive' }, { kind: 'connecting', step: 'tcp' }, RETRY);
    await clock.advance(10_000);
    expect(shown).toHaveLength(2);
    notices.heard([], ['LP-1']);
    await goes('LP-1', { kind: 'inactive' }, RETRY);
    await clock.advance(10_000);
    expect(shown).toHaveLength(3);
  });
});

describe('many LPs', () => {
  it('that go down within a second are one notice', async () => {
    for (const name of NAMES) await goes(name, RETRY);
    await clock.advance(60_000);
    expect(shown).toEqual([
      { kind: 'down', title: '40 LPs down', body: 'LP-1, LP-2, LP-3, LP-4, LP-5 and 35 more', provider: null },
    ]);
  });

  it('that go down one after the other are a notice every five seconds at most, and none is left out', async () => {
    for (const name of NAMES) {
      await goes(name, RETRY);
      await clock.advance(490);
    }
    await clock.advance(10_000);
    expect(titles()).toEqual(['2 LPs down', '10 LPs down', '10 LPs down', '10 LPs down', '8 LPs down']);
  });

  it('that are killed together are one notice, beside the one of what is down', async () => {
    await goes('LP-40', RETRY);
    notices.heard(all(killed()));
    notices.heard(all(killed()));
    await clock.advance(60_000);
    expect(titles()).toEqual(['LP-40 down', '40 LPs killed']);
  });
});

it('a killed LP is told with who and why, in which nothing is read as HTML, and again only after it was re-armed', async () => {
  await goes('LP-1', killed('<b>x</b>', `<img src=x>${'r'.repeat(500)}`));
  await clock.advance(1_000);
  expect(shown[0]).toMatchObject({ kind: 'killed', title: 'LP-1 killed', provider: 'LP-1' });
  expect(shown[0]?.body).not.toMatch(/[<>&"'=]/);
  expect(shown[0]?.body.length).toBeLessThan(260);
  await goes('LP-1', killed());
  await clock.advance(10_000);
  expect(shown).toHaveLength(1);
  await goes('LP-1', { kind: 'inactive' }, killed());
  await clock.advance(10_000);
  expect(shown).toHaveLength(2);
});

it('what was down or killed when the desktop began is not told', async () => {
  notices = new Notices(clock, [lp('LP-1', RETRY), lp('LP-2', killed())], (notice) => shown.push(notice));
  notices.heard([lp('LP-1', RETRY), lp('LP-2', killed()), lp('LP-NEW', { kind: 'inactive' })]);
  await clock.advance(10_000);
  expect(shown).toEqual([]);
});

it('nothing is told after its end', async () => {
  await goes('LP-1', RETRY);
  notices.close();
  await clock.advance(10_000);
  expect(shown).toEqual([]);
});
