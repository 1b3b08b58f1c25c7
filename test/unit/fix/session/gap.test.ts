import { describe, expect, it } from 'vitest';
import { HeldMessages } from '../../../../main/fix/session/held-messages.ts';
import { InboundGap } from '../../../../main/fix/session/inbound-gap.ts';
import { Active } from '../../../../main/fix/session/states/active.ts';
import { NEWS, SessionRig } from './session-rig.ts';

const active = (nextIn = 1): SessionRig => new SessionRig({ state: new Active(), nextIn });

describe('an inbound gap', () => {
  it('is asked for once, and what came early is delivered in its turn, once', () => {
    const rig = active();
    for (const seqNum of [4, 5, 6]) rig.peer('B', NEWS, seqNum);
    expect(rig.sent).toEqual(['35=2|34=1|7=1|16=0']);
    expect(rig.delivered).toEqual([]);
    for (const seqNum of [1, 2, 3, 4, 5, 6]) rig.possDup('B', NEWS, seqNum);
    expect(rig.delivered).toEqual(['B 1 dup', 'B 2 dup', 'B 3 dup', 'B 4', 'B 5', 'B 6']);
    expect(rig.signals).toEqual(['recovering', 'recovered']);
    expect(rig.session.nextIn).toBe(7);
  });

  it('is filled by a GapFill, which may pass over what came early', () => {
    const rig = active();
    rig.peer('B', NEWS, 3);
    rig.possDup('4', '123=Y|36=6', 1);
    expect(rig.delivered).toEqual([]);
    expect(rig.session.nextIn).toBe(6);
    expect(rig.session.gap).toBeNull();
    rig.peer('B', NEWS, 6);
    expect(rig.delivered).toEqual(['B 6']);
  });

  it('ends with the connection, and with it what was held', () => {
    const rig = SessionRig.active();
    rig.peer('B', NEWS, 4);
    rig.session.transportClosed();
    expect(rig.session.gap).toBeNull();
    rig.session.connected(rig.now);
    rig.peerNext = 2;
    rig.peer('A', '98=0|108=30');
    for (const seqNum of [3, 4]) rig.peer('B', NEWS, seqNum);
    expect(rig.delivered).toEqual(['B 3', 'B 4']);
  });

  it('that a GapFill closes over a Reject does not hide the Reject', () => {
    const rig = active();
    rig.peer('3', '45=1|373=5|58=no such account', 3);
    rig.possDup('4', '123=Y|36=6', 1);
    expect(rig.notes.filter((note) => note.text.includes('no such account'))).toHaveLength(1);
  });

  it('is not closed by a GapFill with a high number', () => {
    const rig = active();
    rig.possDup('4', '123=Y|36=9', 4);
    expect(rig.session.nextIn).toBe(1);
    expect(rig.sent).toEqual(['35=2|34=1|7=1|16=0']);
    for (const seqNum of [1, 2, 3]) rig.possDup('B', NEWS, seqNum);
    expect(rig.session.nextIn).toBe(9);
  });

  it('answers an early ResendRequest before asking, and asks again at each further one, at most three times', () => {
    const rig = active();
    rig.session.send('B', [[148, 'a']], rig.now);
    rig.forget();
    for (const seqNum of [5, 6, 7, 8]) rig.peer('2', '7=1|16=0', seqNum);
    const asked = rig.sent.filter((message) => message.startsWith('35=2'));
    expect(rig.sent[0]).toContain('35=B|34=1|43=Y|122=');
    expect(asked).toEqual(['35=2|34=2|7=1|16=0', '35=2|34=3|7=1|16=0', '35=2|34=4|7=1|16=0']);
    expect(rig.notes.some((note) => note.level === 'alarm' && note.text.includes('no longer asking'))).toBe(true);
  });

  it('asks again when nothing has come for 30 s, and in the end gives the session up', () => {
    const rig = SessionRig.active({ settings: { heartBtInt: 3600 } });
    rig.peer('B', NEWS, 5);
    rig.run(60_000);
    expect(rig.sent.filter((message) => message.startsWith('35=2'))).toHaveLength(3);
    rig.run(60_000);
    expect(rig.sent.filter((message) => message.startsWith('35=2'))).toHaveLength(3);
    expect(rig.sent.at(-1)).toBe('35=5|34=5|58=Messages 2 to 4 are missing and not resent');
    rig.run(2_000);
    expect(rig.ended?.reason?.code).toBe('resend-stalled');
    expect(rig.session.gap).toBeNull();
  });

  it('does not hold a message against SendingTimeThreshold for the time that it waited', () => {
    const rig = SessionRig.active({ settings: { sendingTimeThresholdMs: 1000, heartBtInt: 3600 } });
    rig.peer('B', NEWS, 4);
    rig.pass(5_000);
    rig.possDup('B', NEWS, 2);
    rig.possDup('B', NEWS, 3);
    expect(rig.delivered).toEqual(['B 2 dup', 'B 3 dup', 'B 4']);
  });

  it('is asked for before a Logout with a high number is answered', () => {
    const rig = active();
    rig.peer('5', '', 4);
    expect(rig.sent).toEqual(['35=2|34=1|7=1|16=0']);
    rig.possDup('B', NEWS, 1);
    expect(rig.delivered).toEqual(['B 1 dup']);
    rig.run(1_999);
    expect(rig.sent).toHaveLength(1);
    rig.run(1);
    expect(rig.sent.at(-1)).toBe('35=5|34=2');
    rig.run(10_000);
    expect(rig.ended?.reason?.code).toBe('peer-logout');
  });
});

describe('SequenceReset', () => {
  it.each([
    ['GapFill not higher', '123=Y|36=5', 5],
    ['GapFill lower', '123=Y|36=2', 5],
    ['Reset lower', '36=2', 5],
    ['Reset lower, own number high', '36=2', 50],
  ])('%s: Reject 373=5, expected unchanged', (_what, body, seqNum) => {
    const rig = active(5);
    rig.peer('4', body, seqNum);
    expect(rig.sent).toHaveLength(1);
    expect(rig.sent[0]).toMatch(new RegExp(`^35=3\\|34=1\\|45=${seqNum}\\|371=36\\|372=4\\|373=5\\|58=`));
    expect(rig.session.nextIn).toBe(5);
  });

  it('Reset sets the number whatever its own, and forgets a gap', () => {
    const rig = active(5);
    rig.peer('B', NEWS, 9);
    rig.peer('4', '36=30', 2);
    expect(rig.session.nextIn).toBe(30);
    expect(rig.session.gap).toBeNull();
  });

  it('GapFill with a low number and without PossDup ends the session', () => {
    const rig = active(5);
    rig.peer('4', '123=Y|36=9', 3);
    expect(rig.session.state).toBe('expelling');
  });
});

describe('PossDup with OrigSendingTime', () => {
  it.each([
    ['in order', 5, 6],
    ['already seen', 2, 5],
  ])('missing, %s: Reject 373=1, 371=122', (_what, seqNum, nextIn) => {
    const rig = active(5);
    rig.receive(rig.message('B', NEWS, seqNum, '43=Y|'));
    expect(rig.sent[0]).toMatch(new RegExp(`^35=3\\|34=1\\|45=${seqNum}\\|371=122\\|372=B\\|373=1\\|`));
    expect(rig.session.nextIn).toBe(nextIn);
    expect(rig.session.state).toBe('active');
  });

  it('later than SendingTime: Reject 373=10, then Logout', () => {
    const rig = active(5);
    rig.receive(rig.message('B', NEWS, 5, '43=Y|122=20300101-00:00:00|'));
    expect(rig.sent[0]).toMatch(/^35=3\|34=1\|45=5\|371=122\|372=B\|373=10\|/);
    expect(rig.sent[1]).toMatch(/^35=5\|34=2\|/);
    expect(rig.delivered).toEqual([]);
    rig.run(2_000);
    expect(rig.ended?.reason?.code).toBe('orig-sending-time');
  });
});

describe('InboundGap', () => {
  it('counts equal requests without progress, and starts again after progress', () => {
    const gap = new InboundGap();
    gap.find(5, 9, 0);
    expect([gap.ask(5, 0), gap.ask(5, 1), gap.ask(5, 2), gap.ask(5, 3), gap.ask(5, 4)]).toEqual([
      'ask',
      'ask',
      'ask',
      'stalled',
      'stalled-before',
    ]);
    expect(gap.progress(6, 5)).toBe(false);
    expect(gap.ask(6, 6)).toBe('ask');
    expect(gap.progress(9, 7)).toBe(true);
    expect(gap.deadlineMs).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('HeldMessages', () => {
  it('is bounded in number and bytes', () => {
    const held = new HeldMessages();
    const big = Buffer.alloc(1024 * 1024);
    for (let n = 1; n <= 20; n += 1) held.hold(n, big, 0, big.length);
    expect(held.size).toBe(8);
    held.dropBelow(5);
    expect(held.size).toBe(4);
    expect(held.take(5)?.length).toBe(big.length);
    for (let n = 21; n <= 40; n += 1) held.hold(n, big, 0, big.length);
    expect(held.size).toBe(8);
    held.clear();
    for (let n = 1; n <= 20_000; n += 1) held.hold(n, big, 0, 1);
    expect(held.size).toBe(10_000);
  });
});
