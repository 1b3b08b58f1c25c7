import { describe, expect, it } from 'vitest';
import { frame, NEWS, SessionRig, utc } from './session-rig.ts';

const connecting = (options: ConstructorParameters<typeof SessionRig>[0] = {}): SessionRig => {
  const rig = new SessionRig(options);
  rig.session.connected(rig.now);
  return rig;
};

describe('awaiting Logon', () => {
  it('sends Logon and nothing else before the answer', () => {
    const rig = connecting({
      settings: {
        username: 'u',
        password: 'p',
        resetOnLogon: true,
        logonTags: [[9001, 'x']],
        senderSubId: 'DESK',
        targetSubId: 'FX',
      },
    });
    rig.run(9_999);
    expect(rig.sent).toEqual(['35=A|34=1|50=DESK|57=FX|98=0|108=30|141=Y|553=u|554=p|9001=x']);
    expect(rig.session.state).toBe('awaiting-logon');
  });

  it('sends no Username and no Password that are empty', () => {
    const rig = connecting({ settings: { username: '', password: '' } });
    expect(rig.sent).toEqual(['35=A|34=1|98=0|108=30']);
  });

  it('refuses a Logon without a number', () => {
    const rig = connecting();
    rig.receive(frame(`35=A|49=LP|56=US|52=${utc(rig.wallMs)}|98=0|108=30|`));
    expect(rig.session.state).not.toBe('active');
    expect(rig.sent.at(-1)).toContain('35=5|');
    expect(rig.sent.at(-1)).toContain('MsgSeqNum(34)');
  });

  it.each([true, false])('names what a Logon without a number lacks; with validation: %s', (validate) => {
    const rig = connecting({ settings: { validate } });
    rig.receive(frame(`35=A|49=LP|56=US|52=${utc(rig.wallMs)}|98=0|108=30|`));
    expect(rig.ended?.reason).toEqual({ code: 'logon-invalid', detail: expect.stringContaining('MsgSeqNum(34)') });
  });

  it('takes 0 for a number, and one too low', () => {
    const rig = connecting();
    rig.peer('A', '98=0|108=30', 0);
    expect(rig.ended?.reason).toEqual({ code: 'sequence-too-low', detail: 'expecting 1 but received 0' });
  });

  it('leaves the reason of a lost link to the transport', () => {
    expect(connecting().session.transportClosed()).toEqual({ reason: null, asked: false });
  });

  it('says which message came instead', () => {
    const rig = connecting();
    rig.peer('B', NEWS);
    expect(rig.ended?.reason).toEqual({ code: 'logon-not-first', detail: 'MsgType B' });
    expect(rig.notes.at(-1)).toMatchObject({ level: 'alarm', text: expect.stringContaining('MsgType B') });
  });

  it('sends NewPassword after Password, and before the configured tags', () => {
    const rig = connecting({ settings: { username: 'u', password: 'p', newPassword: 'n', logonTags: [[9001, 'x']] } });
    expect(rig.sent).toEqual(['35=A|34=1|98=0|108=30|553=u|554=p|925=n|9001=x']);
  });

  it('becomes active on a valid Logon', () => {
    const rig = connecting();
    rig.peer('A', '98=0|108=30');
    expect(rig.session.state).toBe('active');
    expect(rig.session.nextIn).toBe(2);
    expect(rig.persisted).toEqual([2]);
    expect(rig.signals).toEqual(['logon-sent', 'logged-on']);
  });

  it('accepts a Logon that is ahead, then asks for what is missing', () => {
    const rig = connecting({ nextIn: 5 });
    rig.peer('A', '98=0|108=30', 9);
    expect(rig.sent).toEqual(['35=A|34=1|98=0|108=30', '35=2|34=2|7=5|16=0']);
    expect(rig.signals).toEqual(['logon-sent', 'logged-on', 'recovering']);
    expect(rig.session.gap).toEqual({ from: 5, to: 8 });
    expect(rig.session.nextIn).toBe(5);
  });

  it('gives up after LogonTimeout', () => {
    const rig = connecting();
    rig.run(10_000);
    expect(rig.ended?.reason).toEqual({ code: 'logon-timeout', detail: '10000 ms' });
    expect(rig.session.state).toBe('closed');
    expect(rig.session.nextDeadlineMs).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([
    ['HeartBtInt', '98=0|108=31', 1, 'logon-invalid', 'HeartBtInt(108) is 31, expecting 30'],
    ['a number too low', '98=0|108=30', 4, 'sequence-too-low', 'MsgSeqNum too low, expecting 5 but received 4'],
    ['a missing field', '108=30', 5, 'logon-invalid', 'Required tag missing: EncryptMethod(98)'],
    [
      '141=Y with another number than 1',
      '98=0|108=30|141=Y',
      5,
      'logon-invalid',
      'ResetSeqNumFlag(141)=Y with MsgSeqNum 5 instead of 1',
    ],
  ])('refuses a Logon for %s, saying why', (_what, body, seqNum, code, text) => {
    const rig = connecting({ nextIn: 5 });
    rig.peer('A', body, seqNum);
    expect(rig.sent[1]).toBe(`35=5|34=2|58=${text}`);
    expect(rig.ended?.reason?.code).toBe(code);
  });

  it.each([
    ['comp-id', `35=A|49=OTHER|56=US|34=1|52=$now|98=0|108=30|`],
    ['sending-time', `35=A|49=LP|56=US|34=1|52=20200101-00:00:00.000|98=0|108=30|`],
  ])('refuses a Logon for %s', (code, fields) => {
    const rig = connecting();
    rig.receive(frame(fields.replace('$now', utc(rig.wallMs))));
    expect(rig.ended?.reason?.code).toBe(code);
    expect(rig.sent[1]).toContain('35=5|34=2|58=');
  });

  it('refuses a garbled Logon, but only notes other rubbish', () => {
    const rig = connecting();
    rig.receive(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(rig.session.state).toBe('awaiting-logon');
    const logon = rig.message('A', '98=0|108=30');
    logon[logon.length - 2] = logon[logon.length - 2] === 0x30 ? 0x31 : 0x30;
    rig.receive(logon);
    expect(rig.ended?.reason?.code).toBe('logon-invalid');
    expect(rig.notes.filter((note) => note.event === 'Garbled')).toHaveLength(2);
  });

  it('reports the words of a Logout or Reject that comes instead, and counts its number', () => {
    const rig = connecting();
    rig.peer('5', '58=Invalid username');
    expect(rig.ended?.reason).toEqual({ code: 'logon-refused', peerText: 'Invalid username' });
    expect(rig.session.nextIn).toBe(2);
    expect(rig.sent).toHaveLength(1);
  });

  it.each([
    ['a tag that the dictionary does not have', '5', '1409=4|58=Not today', 1],
    ['a number that is none', '3', '45=x|58=Not today', 1],
    ['a BusinessMessageReject', 'j', '45=1|372=A|380=6|58=Not today', 1],
    ['a number too high', '5', '58=Not today', 9],
  ])('reports them whatever is wrong with the message: %s', (_what, msgType, body, seqNum) => {
    const rig = connecting();
    rig.peer(msgType, body, seqNum);
    expect(rig.ended?.reason).toEqual({ code: 'logon-refused', peerText: 'Not today' });
    expect(rig.sent).toHaveLength(1);
    expect(rig.session.nextIn).toBe(seqNum === 1 ? 2 : 1);
  });

  it('has nothing to report of an empty Text', () => {
    const rig = connecting();
    rig.peer('5', '58=');
    expect(rig.ended?.reason).toEqual({ code: 'logon-refused' });
  });

  it('offers the repair that the peer names', () => {
    const rig = connecting();
    rig.peer('5', '58=MsgSeqNum too low, expecting 12 but received 1');
    expect(rig.ended?.reason).toMatchObject({ code: 'sequence-repair', peerExpects: 12 });
  });

  it('ends when the first message is anything else', () => {
    const rig = connecting();
    rig.peer('B', NEWS);
    expect(rig.ended?.reason?.code).toBe('logon-not-first');
    expect(rig.delivered).toEqual([]);
    expect(rig.sent).toHaveLength(1);
  });

  it('follows a reset that it did not ask for: its Logon becomes its first message', () => {
    const rig = connecting({ nextIn: 7, stored: ['', '', ''] });
    rig.peer('A', '98=0|108=30|141=Y', 1);
    expect(rig.session.state).toBe('active');
    expect([rig.session.nextIn, rig.session.nextOut]).toEqual([2, 2]);
    expect(rig.resets).toBe(1);
    expect(rig.messages).toEqual(['']);
  });

  it('keeps asking for a reset until a Logon with it has succeeded', () => {
    const rig = new SessionRig({ nextIn: 7, stored: ['', ''], resetPending: true });
    rig.session.connected(rig.now);
    expect(rig.sent).toEqual(['35=A|34=1|98=0|108=30|141=Y']);
    rig.session.transportClosed();
    rig.session.connected(rig.now);
    expect(rig.sent[1]).toBe('35=A|34=1|98=0|108=30|141=Y');
    rig.peer('A', '98=0|108=30|141=Y', 1);
    rig.session.transportClosed();
    rig.session.connected(rig.now);
    expect(rig.sent[2]).toBe('35=A|34=2|98=0|108=30');
  });

  it('does not send a Logon whose configured fields cannot be encoded', () => {
    const rig = connecting({ settings: { logonTags: [[9001, '']] } });
    expect(rig.sent).toEqual([]);
    expect(rig.ended?.reason?.code).toBe('config-invalid');
  });
});
