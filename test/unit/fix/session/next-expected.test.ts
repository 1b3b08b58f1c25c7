import { describe, expect, it } from 'vitest';
import { SessionRig } from './session-rig.ts';

const news = [
  [148, 'headline'],
  [33, '1'],
  [58, 'line'],
] as const;

/** After a connection on which three messages of ours, 2 to 4, went out. */
const reconnecting = (room = Number.POSITIVE_INFINITY): SessionRig => {
  const rig = SessionRig.active({ settings: { whenDisconnected: 'queue' } });
  for (let n = 0; n < 3; n += 1) rig.session.send('B', news, rig.now);
  rig.session.transportClosed();
  rig.session.connected(rig.now);
  rig.forget();
  rig.room = room;
  return rig;
};

const numbersOf = (sent: readonly string[]): string[] => sent.map((message) => /\|34=(\d+)/.exec(message)?.[1] ?? '?');

describe('NextExpectedMsgSeqNum(789) of the peer', () => {
  it('is resent from, and a ResendRequest for it joins what a slow reader has still to get', () => {
    const rig = reconnecting(1);
    rig.peer('A', '98=0|108=30|789=2');
    expect(numbersOf(rig.sent)).toEqual(['2']);
    rig.peer('2', '7=2|16=0');
    rig.room = Number.POSITIVE_INFINITY;
    rig.session.drained(rig.now);
    expect(numbersOf(rig.sent)).toEqual(['2', '3', '4', '5']);
    expect(rig.sent[3]).toMatch(/^35=4\|.*36=6$/);
  });

  it('has nothing to do with a ResendRequest on the next connection', () => {
    const rig = reconnecting();
    rig.peer('A', '98=0|108=30|789=2');
    rig.session.transportClosed();
    rig.session.connected(rig.now);
    rig.peer('A', '98=0|108=30');
    rig.forget();
    rig.peer('2', '7=2|16=2');
    expect(numbersOf(rig.sent)).toEqual(['2']);
  });

  it('may be the number of what waits for the Logon, and no higher', () => {
    const waiting = (): SessionRig => {
      const rig = reconnecting();
      rig.session.send('B', news, rig.now);
      rig.session.send('B', news, rig.now);
      return rig;
    };
    const good = waiting();
    good.peer('A', '98=0|108=30|789=6');
    expect(numbersOf(good.sent)).toEqual(['6', '7']);
    expect(good.sent.join()).not.toContain('43=Y');
    const tooHigh = waiting();
    tooHigh.peer('A', '98=0|108=30|789=7');
    expect(tooHigh.ended?.reason).toEqual({
      code: 'sequence-repair',
      detail: 'NextExpectedMsgSeqNum(789) is 7, our next MsgSeqNum is 6',
      peerExpects: 7,
    });
  });

  it('is refused when it is no number that a message can have', () => {
    const rig = reconnecting();
    rig.peer('A', '98=0|108=30|789=-3');
    expect(rig.ended?.reason?.code).toBe('logon-invalid');
  });
});

describe('an accepted NewPassword(925)', () => {
  const settings = { password: 'one', newPassword: 'two' } as const;

  it('is the password of the connections to come, whatever settings still have it to be changed', () => {
    const rig = SessionRig.active({ settings });
    rig.session.transportClosed();
    rig.configure(settings);
    rig.session.connected(rig.now);
    expect(rig.sent).toEqual(['35=A|34=2|98=0|108=30|554=two']);
  });

  it('gives way to a newer one', () => {
    const rig = SessionRig.active({ settings });
    rig.session.transportClosed();
    rig.configure({ ...settings, password: 'two', newPassword: 'three' });
    rig.session.connected(rig.now);
    expect(rig.sent).toEqual(['35=A|34=2|98=0|108=30|554=two|925=three']);
  });
});
