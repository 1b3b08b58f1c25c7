import { describe, expect, it } from 'vitest';
import { AwaitingDisconnect } from '../../../../main/fix/session/states/awaiting-disconnect.ts';
import { AwaitingLogout } from '../../../../main/fix/session/states/awaiting-logout.ts';
import { Expelling } from '../../../../main/fix/session/states/expelling.ts';
import { frame, NEWS, SessionRig, utc } from './session-rig.ts';

describe('awaiting Logout', () => {
  const leaving = (): SessionRig => new SessionRig({ state: new AwaitingLogout(3_000), nextIn: 5 });

  it('is entered by logout, which says why', () => {
    const rig = SessionRig.active();
    rig.session.logout('Deactivated', rig.now);
    expect(rig.sent).toEqual(['35=5|34=2|58=Deactivated']);
    expect(rig.session.state).toBe('awaiting-logout');
    rig.session.logout('again', rig.now);
    expect(rig.sent).toHaveLength(1);
  });

  it('ends with the answer', () => {
    const rig = leaving();
    rig.peer('5');
    expect(rig.ended).toEqual({ reason: null, answered: true });
    expect(rig.persisted).toEqual([6]);
  });

  it('takes an answer with any number', () => {
    for (const seqNum of [3, 9]) {
      const rig = leaving();
      rig.peer('5', '', seqNum);
      expect(rig.ended).toEqual({ reason: null, answered: true });
      expect(rig.session.nextIn).toBe(5);
    }
  });

  it('ends without one after LogoutAckThreshold, with a warning', () => {
    const rig = leaving();
    rig.run(2_000);
    expect(rig.ended).toEqual({ reason: null, answered: false });
    expect(rig.notes.at(-1)?.level).toBe('attention');
  });

  it('still takes messages and honours a ResendRequest, and sends no Heartbeat', () => {
    const rig = leaving();
    rig.peer('B', NEWS);
    rig.peer('2', '7=1|16=0');
    expect(rig.delivered).toEqual(['B 5']);
    expect(rig.session.send('B', [[148, 'a']], rig.now)).toMatchObject({ ok: false });
    rig.run(1_999);
    expect(rig.sent).toEqual([]);
  });

  it('counts the end of the transport as done', () => {
    expect(leaving().session.transportClosed()).toEqual({ reason: null, asked: true });
  });
});

describe('logout while not logged on', () => {
  it.each([
    ['awaiting-logon', (rig: SessionRig) => rig.session.connected(rig.now), false],
    [
      'awaiting-disconnect',
      (rig: SessionRig) => {
        rig.session.connected(rig.now);
        rig.peer('A', '98=0|108=30');
        rig.peer('5');
      },
      true,
    ],
  ])('ends the connection at once: %s', (state, prepare, answered) => {
    const rig = new SessionRig();
    prepare(rig);
    expect(rig.session.state).toBe(state);
    rig.forget();
    rig.session.logout('Killed', rig.now);
    expect(rig.ended).toEqual({ reason: null, answered });
    expect(rig.sent).toEqual([]);
  });
});

describe('a session that ends by itself', () => {
  it.each<[string, (rig: SessionRig) => void, string]>([
    ['the peer logs out', (rig) => rig.peer('5', '58=bye'), 'peer-logout'],
    ['we log out for a fault', (rig) => rig.peer('B', NEWS, 0), 'sequence-too-low'],
  ])('says so, and why, before the connection has ended: %s', (_, happen, code) => {
    const rig = SessionRig.active();
    expect(rig.session.leaving).toBeNull();
    happen(rig);
    expect(rig.signals).toContain('leaving');
    expect(rig.session.leaving).toMatchObject({ code });
    expect(rig.ended).toBeNull();
    rig.session.transportClosed();
    expect(rig.session.leaving).toBeNull();
  });

  it('does not when it logs out as it was asked to', () => {
    const rig = SessionRig.active();
    rig.session.logout('Deactivated', rig.now);
    expect(rig.signals).not.toContain('leaving');
  });
});

describe('expelling', () => {
  const reason = { code: 'comp-id', detail: 'x' } as const;

  it('reads nothing but the answer', () => {
    const rig = new SessionRig({ state: new Expelling(reason, 3_000), nextIn: 5 });
    rig.peer('B', NEWS);
    rig.peer('1', '112=x');
    rig.possDup('5', '', 5);
    expect(rig.delivered).toEqual([]);
    expect(rig.sent).toEqual([]);
    expect(rig.ended).toBeNull();
    rig.receive(rig.message('5', '', 5));
    expect(rig.ended).toEqual({ reason, answered: true });
    expect(rig.session.nextIn).toBe(6);
  });

  it('counts the number of the answer only when it is the next', () => {
    const rig = new SessionRig({ state: new Expelling(reason, 3_000), nextIn: 5 });
    rig.peer('5', '', 9);
    expect(rig.ended).toEqual({ reason, answered: true });
    expect(rig.session.nextIn).toBe(5);
  });

  it('keeps its reason when the peer hangs up', () => {
    const rig = new SessionRig({ state: new Expelling(reason, 3_000) });
    expect(rig.session.transportClosed()).toEqual({ reason, asked: false });
  });
});

describe("the peer's words in a Logout", () => {
  it.each([
    ['is not valid', '49=LP|56=US|34=2|52=$now|1409=4|58=bye|'],
    ['has a header field in its body', '49=LP|56=US|34=2|52=$now|58=bye|57=DESK|'],
    ['has its Text twice', '49=LP|56=US|34=2|52=$now|58=bye|58=again|'],
    ['has a CompID without a value', '49=|56=US|34=2|52=$now|58=bye|'],
    ['is of another session', '49=OTHER|56=US|34=2|52=$now|58=bye|'],
    ['was sent long ago', '49=LP|56=US|34=2|52=20200101-00:00:00|58=bye|'],
    ['has no SendingTime', '49=LP|56=US|34=2|58=bye|'],
    ['has no number', '49=LP|56=US|52=$now|58=bye|'],
    ['has a number without a value', '49=LP|56=US|34=|52=$now|58=bye|'],
    ['has a number too low', '49=LP|56=US|34=1|52=$now|58=bye|'],
    ['has a number too high', '49=LP|56=US|34=9|52=$now|58=bye|'],
  ])('are the reason, also where it %s', (_what, fields) => {
    const rig = SessionRig.active();
    rig.receive(frame(`35=5|${fields.replace('$now', utc(rig.wallMs))}`));
    expect(rig.session.leaving).toEqual({ code: 'peer-logout', peerText: 'bye' });
    rig.run(2_000);
    expect(rig.sent.filter((text) => text.startsWith('35=5'))).toHaveLength(1);
    rig.run(10_000);
    expect(rig.ended?.reason).toEqual({ code: 'peer-logout', peerText: 'bye' });
  });

  it('are not there when its Text has no value', () => {
    const rig = SessionRig.active();
    rig.peer('5', '58=');
    expect(rig.session.leaving).toEqual({ code: 'peer-logout' });
  });
});

describe('a Logout before which messages are missing', () => {
  const confirming = (): SessionRig => {
    const rig = SessionRig.active();
    rig.peer('5', '58=bye', 4);
    return rig;
  };

  it('counts as leaving from its arrival on, and is said once', () => {
    const rig = confirming();
    expect(rig.session.state).toBe('confirming-logout');
    expect(rig.session.leaving).toEqual({ code: 'peer-logout', peerText: 'bye' });
    rig.possDup('B', NEWS, 2);
    rig.possDup('B', NEWS, 3);
    expect(rig.delivered).toEqual(['B 2 dup', 'B 3 dup']);
    expect(rig.session.state).toBe('awaiting-disconnect');
    expect(rig.session.nextIn).toBe(5);
    expect(rig.signals.filter((signal) => signal === 'leaving')).toHaveLength(1);
  });

  it('is answered before they have come when another follows that is of no session of ours', () => {
    const rig = confirming();
    rig.receive(frame(`35=5|49=OTHER|56=US|34=5|52=${utc(rig.wallMs)}|`));
    expect(rig.session.state).toBe('awaiting-disconnect');
  });

  it('waits with another one behind it, whose number counts too', () => {
    const rig = confirming();
    rig.peer('5', '58=bye again', 5);
    expect(rig.session.state).toBe('confirming-logout');
    rig.possDup('B', NEWS, 2);
    rig.possDup('B', NEWS, 3);
    expect(rig.session.nextIn).toBe(6);
    expect(rig.sent.filter((text) => text.startsWith('35=5'))).toHaveLength(1);
  });

  it('is answered by the Logout that the operator asks for meanwhile, and that ends it', () => {
    const rig = confirming();
    rig.session.logout('Killed', rig.now);
    expect(rig.sent.at(-1)).toBe('35=5|34=3|58=Killed');
    expect(rig.ended).toEqual({ reason: null, answered: true });
  });

  it('keeps its reason whatever comes instead of the missing messages', () => {
    const rig = confirming();
    rig.peer('0', '', 1);
    expect(rig.sent.at(-1)).toBe('35=5|34=3|58=MsgSeqNum too low, expecting 2 but received 1');
    rig.run(2_000);
    expect(rig.ended?.reason).toEqual({ code: 'peer-logout', peerText: 'bye' });
  });

  it('keeps its reason when the peer hangs up', () => {
    expect(confirming().session.transportClosed()).toEqual({
      reason: { code: 'peer-logout', peerText: 'bye' },
      asked: false,
    });
  });
});

describe('awaiting disconnect', () => {
  const reason = { code: 'peer-logout' } as const;

  it('disconnects itself after its time', () => {
    const rig = new SessionRig({ state: new AwaitingDisconnect(reason, 11_000) });
    rig.run(9_999);
    expect(rig.ended).toBeNull();
    rig.run(1);
    expect(rig.ended).toEqual({ reason, answered: false });
  });

  it.each([
    ['next in line uses up its number', 5, 6],
    ['with a number too high asks for nothing', 9, 5],
    ['with a number too low is no fault', 3, 5],
  ])('answers a second Logout no more; one %s', (_what, seqNum, nextIn) => {
    const rig = new SessionRig({ state: new AwaitingDisconnect(reason, 11_000), nextIn: 5 });
    rig.peer('5', '', seqNum);
    expect(rig.sent).toEqual([]);
    expect(rig.session.nextIn).toBe(nextIn);
    expect(rig.session.state).toBe('awaiting-disconnect');
    expect(rig.ended).toBeNull();
  });

  it('answers a second Logout with nothing, whatever is wrong with it', () => {
    const rig = new SessionRig({ state: new AwaitingDisconnect(reason, 11_000), nextIn: 5 });
    rig.peer('5', '1409=4');
    expect(rig.sent).toEqual([]);
    expect(rig.session.nextIn).toBe(6);
  });

  it('keeps its reason when the peer hangs up', () => {
    const rig = new SessionRig({ state: new AwaitingDisconnect(reason, 11_000) });
    expect(rig.session.transportClosed()).toEqual({ reason, asked: false });
    expect(rig.session.transportClosed()).toEqual({ reason: null, asked: false });
  });

  it('takes what the peer still sends, and a Logout again as PossDup for the duplicate that it is', () => {
    const rig = new SessionRig({ state: new AwaitingDisconnect(reason, 11_000), nextIn: 5 });
    rig.peer('B', NEWS);
    expect(rig.delivered).toEqual(['B 5']);
    rig.possDup('5', '', 3);
    expect(rig.session.nextIn).toBe(6);
    rig.possDup('5', '', 6);
    expect(rig.session.nextIn).toBe(7);
    expect(rig.sent).toEqual([]);
  });
});
