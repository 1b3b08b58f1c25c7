import { describe, expect, it } from 'vitest';
import { NEWS, SessionRig } from './session-rig.ts';

/** A note as a line: direction, level, event, the numbers beside it, and the text. */
const lines = (rig: SessionRig): string[] =>
  rig.notes.map(
    ({ direction, level, event, seqIn, seqOut, text }) =>
      `${direction ?? 'state'} ${level} ${event} ${seqIn ?? '-'}/${seqOut ?? '-'}: ${text}`,
  );

type Row = readonly [what: string, happens: (rig: SessionRig) => void, notes: readonly (string | RegExp)[]];

const expectNotes = (rig: SessionRig, notes: Row[2]): void => {
  expect(lines(rig)).toEqual(notes.map((note) => (typeof note === 'string' ? note : expect.stringMatching(note))));
};

describe('the timeline of a session that connects', () => {
  it.each<Row>([
    ['a Logon and its answer', (rig) => rig.peer('A', '98=0|108=30'), ['in info Logon 1/-: Logged on']],
    [
      'a peer that is ahead',
      (rig) => rig.peer('A', '98=0|108=30', 4),
      [/^in info Logon 4\/-: Logged on; .*\b4, expected 1$/, /^out attention ResendRequest -\/2: .* 1 /],
    ],
    [
      'a reset that we did not ask for',
      (rig) => rig.peer('A', '98=0|108=30|141=Y', 1),
      [/^in attention Logon 1\/-: .*resets both/, 'in info Logon 1/-: Logged on'],
    ],
    [
      'an old message before the Logon',
      (rig) => rig.possDup('B', NEWS, 0),
      [/^in attention Logon 0\/-: PossDup of MsgSeqNum 0 /],
    ],
    ['another message than a Logon', (rig) => rig.peer('B', NEWS), [/^in alarm Logon 1\/-: .*MsgType B,/]],
    ['a Logout instead', (rig) => rig.peer('5', '58=no'), ['in alarm Logout 1/-: Logon refused with Logout: no']],
    ['a Logout without words', (rig) => rig.peer('5'), ['in alarm Logout 1/-: Logon refused with Logout: no text']],
    ['a Reject instead', (rig) => rig.peer('3', '45=1|58=no'), ['in alarm Reject 1/-: Logon refused with Reject: no']],
    [
      'a BusinessMessageReject instead',
      (rig) => rig.peer('j', '45=1|372=A|380=6|58=no'),
      ['in alarm BusinessMessageReject 1/-: Logon refused with BusinessMessageReject: no'],
    ],
    [
      'a Logon that we refuse',
      (rig) => rig.peer('A', '98=0|108=31'),
      [/^in alarm Logon 1\/-: .*HeartBtInt\(108\) is 31/, /^out info Logout -\/2: Logout: HeartBtInt\(108\) is 31/],
    ],
  ])('%s', (_what, happens, notes) => {
    const rig = new SessionRig();
    rig.session.connected(rig.now);
    expectNotes(rig, ['out info Logon -/1: Logon']);
    rig.forget();
    happens(rig);
    expectNotes(rig, notes);
  });

  it('a Logon that does not answer our reset', () => {
    const rig = new SessionRig({ settings: { resetOnLogon: true, resetNotHonoured: 'continue' } });
    rig.session.connected(rig.now);
    rig.peer('A', '98=0|108=30', 7);
    expectNotes(rig, [
      'out info Logon -/1: Logon with ResetSeqNumFlag',
      /^in alarm Logon 7\/-: .*: its Logon has MsgSeqNum 7, expecting 1; ours has MsgSeqNum 1$/,
      /^in info Logon 7\/-: Logged on; /,
      /^out attention ResendRequest -\/2/,
    ]);
  });
});

describe('the timeline of a session that is logged on', () => {
  it.each<Row>([
    ['a Heartbeat of ours', (rig) => rig.run(30_000), ['out info Heartbeat -/2: Heartbeat']],
    [
      'a TestRequest of the peer',
      (rig) => rig.peer('1', '112=x'),
      ['in info TestRequest 2/-: TestRequest', 'out info Heartbeat -/2: Heartbeat answers a TestRequest'],
    ],
    [
      'a peer that is silent',
      (rig) => rig.run(72_000),
      [
        'out info Heartbeat -/2: Heartbeat',
        'out info TestRequest -/3: TestRequest TEST-1',
        'out info Heartbeat -/4: Heartbeat',
        /^state alarm TestRequest 2\/5: .* 72\.0 s$/,
      ],
    ],
    [
      'a Logout of the peer',
      (rig) => rig.peer('5', '58=bye'),
      ['in attention Logout 2/-: The peer logs out: bye', 'out info Logout -/2: Logout'],
    ],
    [
      'a Logout without words',
      (rig) => rig.peer('5'),
      ['in attention Logout 2/-: The peer logs out', 'out info Logout -/2: Logout'],
    ],
    [
      'a Logout before which messages stay missing',
      (rig) => {
        rig.peer('5', '', 4);
        rig.run(2_000);
      },
      [
        'in attention Logout 4/-: The peer logs out',
        'out attention ResendRequest -/2: ResendRequest from 2 to the end',
        /^state attention Logout 2\/3: .* from MsgSeqNum 2 /,
        'out info Logout -/3: Logout',
      ],
    ],
    [
      'our Logout and its answer',
      (rig) => {
        rig.session.logout('Deactivated', rig.now);
        rig.peer('5', '58=bye');
      },
      ['out info Logout -/2: Logout: Deactivated', 'in info Logout 2/-: Logout answered: bye'],
    ],
    [
      'our Logout and an answer without words',
      (rig) => {
        rig.session.logout(null, rig.now);
        rig.peer('5');
      },
      ['out info Logout -/2: Logout', 'in info Logout 2/-: Logout answered'],
    ],
    [
      'our Logout without an answer',
      (rig) => {
        rig.session.logout(null, rig.now);
        rig.run(2_000);
      },
      ['out info Logout -/2: Logout', /^state attention Logout 2\/3: .* 2000 ms$/],
    ],
    [
      'a fault while our Logout waits for its answer',
      (rig) => {
        rig.session.logout(null, rig.now);
        rig.peer('0', '', 1);
      },
      ['out info Logout -/2: Logout', /^state attention Logout 2\/3: .*: MsgSeqNum too low, expecting 2 but received 1$/],
    ],
    [
      'a peer that we log out, and its answer',
      (rig) => {
        rig.peer('0', '', 1);
        rig.peer('5', '58=sorry', 2);
      },
      [/^out info Logout -\/2: Logout: MsgSeqNum too low/, 'in info Logout 2/-: Logout answered: sorry'],
    ],
    [
      'a peer that we log out, and an answer without words',
      (rig) => {
        rig.peer('0', '', 1);
        rig.peer('5', '', 2);
      },
      [/^out info Logout -\/2: Logout: MsgSeqNum too low/, 'in info Logout 2/-: Logout answered'],
    ],
    [
      'a Logout again as PossDup, and a Logon',
      (rig) => {
        rig.possDup('5', '', 2);
        rig.peer('A', '98=0|108=30', 3);
      },
      [/^in info Logout 2\/-: /, /^in attention Logon 3\/-: /],
    ],
    [
      'a message that we reject',
      (rig) => rig.peer('B', `${NEWS}|44=1.1`),
      [/^out attention Reject -\/2: Reject of MsgSeqNum 2: .* \(373=2, tag 44\)$/],
    ],
    [
      'a message that the application does not take',
      (rig) => {
        rig.refuse = { reason: 5, text: 'no' };
        rig.peer('B', NEWS);
      },
      ['out attention BusinessMessageReject -/2: BusinessMessageReject of MsgSeqNum 2: no (380=5)'],
    ],
    [
      'a Reject of the peer',
      (rig) => rig.peer('3', '45=1|371=38|372=D|373=5|58=no'),
      ['in attention Reject 2/-: Reject of our MsgSeqNum 1, tag 38, MsgType D, reason 5: no'],
    ],
    ['a GapFill', (rig) => rig.peer('4', '123=Y|36=7'), ['in info SequenceReset 2/-: GapFill 2 to 7']],
    ['a Reset', (rig) => rig.peer('4', '36=7'), [/^in attention SequenceReset 2\/-: Reset: .* 7$/]],
    ['a Reset to the same number', (rig) => rig.peer('4', '36=2'), [/^in attention SequenceReset 2\/-: Reset: .* 2, which/]],
    [
      'a reset on the live session',
      (rig) => rig.peer('A', '98=0|108=30|141=Y', 1),
      [/^in attention Logon 1\/-: .*resets both/, 'out info Logon -/1: Logon with ResetSeqNumFlag'],
    ],
    ['a ResendRequest', (rig) => rig.peer('2', '7=1|16=0'), ['in attention ResendRequest 2/-: ResendRequest from 1 to the end']],
    [
      'a ResendRequest for what we have not sent',
      (rig) => rig.peer('2', '7=5|16=9'),
      ['in attention ResendRequest 2/-: ResendRequest from 5 to 9', /^state alarm ResendRequest 3\/2: .* from 5, .* up to 1$/],
    ],
    [
      'numbers set by the operator',
      (rig) => rig.session.setNumbers(7, 9),
      ['state attention Operator 7/9: Sequence numbers set: next in 7, next out 9'],
    ],
    ['a reset by the operator', (rig) => rig.session.reset(), [/^state attention SequenceReset 2\/2: .* 1 /]],
  ])('%s', (_what, happens, notes) => {
    const rig = SessionRig.active();
    happens(rig);
    expectNotes(rig, notes);
  });

  it('a gap that is not filled', () => {
    const rig = SessionRig.active({ settings: { heartBtInt: 600 } });
    rig.peer('0', '', 5);
    rig.run(119_999);
    const asked = /^out attention ResendRequest -\/\d: ResendRequest from 2 to the end$/;
    expectNotes(rig, [asked, asked, asked, /^state alarm ResendRequest 2\/5: .* 2–4: .* from 2,/]);
    rig.forget();
    rig.run(1);
    expectNotes(rig, [/^out info Logout -\/5: Logout: Messages 2 to 4 /]);
    expect(rig.session.leaving).toEqual({ code: 'resend-stalled', detail: '2–4' });
  });

  it('a message of ours that is damaged in the store', () => {
    const rig = SessionRig.active({ stored: ['8=FIX.4.4|nonsense'] });
    rig.peer('2', '7=1|16=1');
    expectNotes(rig, [/^in attention ResendRequest 2\/-: /, /^out alarm ResendRequest -\/1: Stored message 1 is damaged/]);
  });

  it('queued orders that a reset would make look fresh', () => {
    const rig = new SessionRig({ settings: { whenDisconnected: 'queue' } });
    for (const headline of ['a', 'b']) rig.session.send('B', [[148, headline]], rig.now);
    rig.session.setNumbers(null, 2);
    rig.session.setNumbers(null, 1);
    expectNotes(rig, [
      /^state alarm SequenceReset 1\/3: One queued .* again at 2,/,
      /^state attention Operator 1\/2: /,
      /^state alarm SequenceReset 1\/2: One queued .* again at 1,/,
      /^state attention Operator 1\/1: /,
    ]);
  });
});
