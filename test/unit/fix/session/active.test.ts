import { describe, expect, it } from 'vitest';
import { Active } from '../../../../main/fix/session/states/active.ts';
import { frame, NEWS, SessionRig, utc } from './session-rig.ts';

const active = (options: ConstructorParameters<typeof SessionRig>[0] = {}): SessionRig =>
  new SessionRig({ state: new Active(), ...options });

describe('active', () => {
  it('takes messages in order and persists the expected number once per read', () => {
    const rig = active();
    rig.receive(Buffer.concat([rig.message('B', NEWS, 1), rig.message('B', NEWS, 2), rig.message('B', NEWS, 3)]));
    expect(rig.delivered).toEqual(['B 1', 'B 2', 'B 3']);
    expect(rig.persisted).toEqual([4]);
  });

  it('sends a Heartbeat after HeartBtInt without sending, to the millisecond', () => {
    const rig = SessionRig.active({ settings: { heartBtInt: 1 } });
    const start = rig.monoMs;
    expect(rig.session.nextDeadlineMs).toBe(start + 1000);
    rig.pass(999);
    rig.session.onDeadline(rig.now);
    expect(rig.sent).toEqual([]);
    rig.pass(1);
    rig.session.onDeadline(rig.now);
    expect(rig.sent).toEqual(['35=0|34=2']);
  });

  it('answers a TestRequest with its id', () => {
    const rig = active();
    rig.peer('1', '112=abc');
    expect(rig.sent).toEqual(['35=0|34=1|112=abc']);
  });

  it('probes a silent peer with ids of its own, and gives up when there is no answer', () => {
    const rig = SessionRig.active();
    rig.run(36_000);
    expect(rig.sent).toEqual(['35=0|34=2', '35=1|34=3|112=TEST-1']);
    rig.run(35_999);
    expect(rig.ended).toBeNull();
    rig.run(1);
    expect(rig.ended?.reason?.code).toBe('heartbeat-timeout');
  });

  it('is silent from its own TestRequest for silence until anything comes, and not for one that was asked for', () => {
    const rig = SessionRig.active();
    rig.session.testRequest(rig.now);
    expect(rig.session.silentMs(rig.monoMs)).toBeNull();
    rig.run(35_999);
    expect(rig.session.silentMs(rig.monoMs)).toBeNull();
    rig.run(1);
    rig.pass(500);
    expect(rig.session.silentMs(rig.monoMs)).toBe(36_500);
    rig.peer('0');
    expect(rig.session.silentMs(rig.monoMs)).toBeNull();
  });

  it('takes any message as life, and the matching Heartbeat as round trip', () => {
    const rig = SessionRig.active();
    rig.run(36_000);
    rig.pass(20);
    rig.peer('0');
    expect(rig.session.roundTripMs).toBeNull();
    rig.run(35_000);
    expect(rig.ended).toBeNull();
    rig.run(1_000);
    expect(rig.sent.at(-1)).toContain('112=TEST-2');
    rig.pass(7);
    rig.peer('0', '112=TEST-2');
    expect(rig.session.roundTripMs).toBe(7);
  });

  it('ends the session on a number too low, after Logout and LogoutAckThreshold', () => {
    const rig = active({ nextIn: 9 });
    rig.peer('0', '', 3);
    expect(rig.sent).toEqual(['35=5|34=1|58=MsgSeqNum too low, expecting 9 but received 3']);
    expect(rig.session.state).toBe('expelling');
    rig.run(2_000);
    expect(rig.ended?.reason).toMatchObject({ code: 'sequence-too-low', detail: 'expecting 9 but received 3' });
    expect(rig.session.nextIn).toBe(9);
  });

  it('drops duplicates that it has seen', () => {
    const rig = active({ nextIn: 9 });
    rig.possDup('B', NEWS, 3);
    rig.possDup('4', '123=Y|36=9', 4);
    expect(rig.delivered).toEqual([]);
    expect(rig.sent).toEqual([]);
    expect(rig.session.nextIn).toBe(9);
  });

  it.each([
    ['begin-string', '8=FIX.4.2', []],
    ['comp-id', '49=XX', ['35=3|34=1|45=5|371=49|372=0|373=9|58=CompID problem: SenderCompID(49) is not that of the session']],
    ['comp-id', '56=XX', ['35=3|34=1|45=5|371=56|372=0|373=9|58=CompID problem: TargetCompID(56) is not that of the session']],
    ['sending-time', '52=20200101-00:00:00.000', ['35=3|34=1|45=5|371=52|372=0|373=10|58=SendingTime accuracy problem']],
  ])('ends the session for %s (%s)', (code, field, rejects) => {
    const rig = active({ nextIn: 5 });
    const tag = field.slice(0, field.indexOf('='));
    const text = rig.message('0', '', 5).toString('latin1').replaceAll('\x01', '|');
    const changed = text.replace(new RegExp(`(^|\\|)${tag}=[^|]*`), `$1${field}`);
    const fields = changed.replace(/^8=[^|]*\|9=\d+\|/, '').replace(/10=\d+\|$/, '');
    const bytes = frame(fields);
    rig.receive(tag === '8' ? bytes42(bytes) : bytes);
    expect(rig.sent.slice(0, -1)).toEqual(rejects);
    expect(rig.sent.at(-1)).toMatch(/^35=5\|34=[12]\|58=/);
    expect(rig.session.nextIn).toBe(rejects.length === 0 ? 5 : 6);
    rig.run(2_000);
    expect(rig.ended?.reason?.code).toBe(code);
  });

  it('ends the session when MsgSeqNum is missing', () => {
    const rig = active();
    rig.receive(frame(`35=0|49=LP|56=US|52=${utc(rig.wallMs)}|`));
    expect(rig.sent).toEqual(['35=5|34=1|58=Required tag missing: MsgSeqNum(34)']);
    rig.run(2_000);
    expect(rig.ended?.reason?.code).toBe('required-tag');
  });

  it('rejects what the dictionary rejects, turns the route round, and goes on', () => {
    const rig = active();
    rig.peer('B', '148=h|33=1|58=x|44=1.1', 1);
    rig.receive(rig.message('D', '', 2, '115=A|128=B|116=C|129=D|144=E|145=F|'));
    rig.peer('B', NEWS, 3);
    expect(rig.sent[0]).toMatch(/^35=3\|34=1\|45=1\|371=44\|372=B\|373=2\|58=/);
    expect(rig.sent[1]).toMatch(/^35=3\|115=B\|128=A\|34=2\|116=D\|144=F\|129=C\|145=E\|45=2\|371=11\|372=D\|373=1\|58=/);
    expect(rig.delivered).toEqual(['B 3']);
    expect(rig.session.rejects).toBe(2);
  });

  it('answers MsgTypes that are unknown with 373=11, and those not supported with BusinessMessageReject', () => {
    const rig = active({ settings: { supportedMsgTypes: ['8'] } });
    rig.peer('zz', '');
    rig.peer('B', NEWS);
    expect(rig.sent[0]).toMatch(/^35=3\|34=1\|45=1\|371=35\|372=zz\|373=11\|/);
    expect(rig.sent[1]).toBe('35=j|34=2|45=2|372=B|380=3|58=Unsupported message type B');
    expect(rig.messages[1]).toContain('35=j');
  });

  it("counts the peer's Rejects beside its own", () => {
    const rig = active();
    rig.peer('3', '45=1|58=no');
    rig.peer('j', '45=1|372=B|380=3|58=no');
    rig.peer('zz', '');
    expect(rig.session.rejects).toBe(3);
  });

  it.each([
    [
      '3',
      '45=1|371=38|372=D|373=98|58=no',
      'Reject of our MsgSeqNum 1, tag 38, MsgType D, reason 98: no. It is not valid itself',
    ],
    ['3', '45=1|373=5|58=', 'Reject of our MsgSeqNum 1, reason 5: no text. It is not valid itself'],
    [
      'j',
      '45=1|372=B|380=99|58=no',
      'BusinessMessageReject of our MsgSeqNum 1, MsgType B, reason 99: no. It is not valid itself',
    ],
    ['j', '45=1|372=B|380=3|58=no', 'BusinessMessageReject of our MsgSeqNum 1, MsgType B, reason 3: no'],
  ])('shows a Reject of ours, and answers it with none: %s %s', (msgType, body, text) => {
    const rig = active();
    rig.refuse = { reason: 3, text: 'not taken' };
    rig.peer(msgType, body);
    expect(rig.notes).toHaveLength(1);
    expect(rig.notes[0]?.text).toContain(text);
    expect(rig.sent).toEqual([]);
    expect(rig.session.nextIn).toBe(2);
  });

  it('passes on what the application refuses', () => {
    const rig = active();
    rig.refuse = { reason: 5, text: 'Price(44) is required for a limit order' };
    rig.peer('B', NEWS);
    expect(rig.sent).toEqual(['35=j|34=1|45=1|372=B|380=5|58=Price(44) is required for a limit order']);
  });

  it('hands PossResend on with its flag', () => {
    const rig = active();
    rig.receive(rig.message('B', NEWS, 1, '97=Y|'));
    expect(rig.delivered).toEqual(['B 1 resend']);
  });

  it('starts both sides again at 1 when the peer sends Logon with 141=Y', () => {
    const rig = active({ nextIn: 40, stored: ['', '', ''] });
    rig.peer('A', '98=0|108=30|141=Y', 1);
    expect(rig.sent).toEqual(['35=A|34=1|98=0|108=30|141=Y']);
    expect([rig.session.nextIn, rig.session.nextOut]).toEqual([2, 2]);
    rig.peer('B', NEWS, 2);
    expect(rig.delivered).toEqual(['B 2']);
    expect(rig.session.state).toBe('active');
  });

  it('answers an unsolicited Logout and waits for the peer to disconnect', () => {
    const rig = active();
    rig.peer('5', '58=End of day');
    expect(rig.sent).toEqual(['35=5|34=1']);
    expect(rig.session.state).toBe('awaiting-disconnect');
    expect(rig.session.transportClosed()).toEqual({ reason: { code: 'peer-logout', peerText: 'End of day' }, asked: false });
  });

  it('leaves the reason of a lost link to the transport', () => {
    expect(active().session.transportClosed()).toEqual({ reason: null, asked: false });
  });

  it('takes ResetSeqNumFlag(141) for a reset in a Logon only', () => {
    const rig = SessionRig.active({ settings: { validate: false } });
    rig.peer('B', `${NEWS}|141=Y`);
    rig.peer('1', '112=x|141=Y');
    expect(rig.resets).toBe(0);
    expect(rig.delivered).toEqual(['B 2']);
    expect(rig.sent).toEqual(['35=0|34=2|112=x']);
  });

  it('shows each Heartbeat, and of one that answers our TestRequest how long it took', () => {
    const rig = SessionRig.active();
    rig.peer('0');
    expect(rig.notes.at(-1)).toMatchObject({ event: 'Heartbeat', level: 'info', text: 'Heartbeat' });
    rig.session.testRequest(rig.now);
    const id = /112=([^|]+)/.exec(rig.sent.at(-1) ?? '')?.[1] ?? '';
    rig.pass(12);
    rig.peer('0', '112=other');
    expect(rig.session.roundTripMs).toBeNull();
    rig.peer('0', `112=${id}`);
    expect(rig.notes.at(-1)).toMatchObject({ event: 'Heartbeat', level: 'info', text: `Heartbeat answers ${id} after 12.0 ms` });
    expect(rig.session.roundTripMs).toBe(12);
  });

  it('counts garbled messages in one note per read', () => {
    const rig = active();
    const bad = rig.message('0', '', 1);
    bad[bad.length - 3] = 0x78;
    rig.receive(Buffer.concat([bad, bad, bad]));
    expect(rig.session.garbled).toBe(3);
    expect(rig.notes).toHaveLength(1);
    expect(rig.notes[0]).toMatchObject({ event: 'Garbled', level: 'attention' });
    expect(rig.notes[0]?.text).toMatch(/^3 garbled messages, the last: .*: 8=FIX/);
    rig.receive(bad);
    expect(rig.notes[1]?.text).toMatch(/^CheckSum.*: 8=FIX/);
    expect(rig.session.nextIn).toBe(1);
  });
});

/** The same message with BeginString FIX.4.2 and its CheckSum right. */
function bytes42(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1').replace('8=FIX.4.4', '8=FIX.4.2');
  const upTo = text.slice(0, text.lastIndexOf('10='));
  let sum = 0;
  for (const byte of Buffer.from(upTo, 'latin1')) sum += byte;
  return Buffer.from(`${upTo}10=${String(sum % 256).padStart(3, '0')}\x01`, 'latin1');
}
