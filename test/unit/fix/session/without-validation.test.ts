import { describe, expect, it } from 'vitest';
import { frame, NEWS, SessionRig, utc } from './session-rig.ts';

/** What the session itself needs of a message is asked of it also where no dictionary is. */
const active = (): SessionRig => SessionRig.active({ settings: { validate: false } });

describe('a session that does not validate', () => {
  it.each([
    ['ResendRequest without BeginSeqNo', '2', '16=0', '371=7|372=2|373=1|58=Required tag missing: BeginSeqNo(7)'],
    ['ResendRequest without EndSeqNo', '2', '7=1', '371=16|372=2|373=1|58=Required tag missing: EndSeqNo(16)'],
    ['ResendRequest with neither', '2', '', '371=7|372=2|373=1|58=Required tag missing: BeginSeqNo(7)'],
    ['ResendRequest from 0', '2', '7=0|16=0', '371=7|372=2|373=5|58=Value is incorrect: BeginSeqNo 0, EndSeqNo 0'],
    [
      'ResendRequest that ends before it begins',
      '2',
      '7=5|16=4',
      '371=16|372=2|373=5|58=Value is incorrect: BeginSeqNo 5, EndSeqNo 4',
    ],
    ['ResendRequest that ends before 1', '2', '7=1|16=-1', '371=16|372=2|373=5|58=Value is incorrect: BeginSeqNo 1, EndSeqNo -1'],
    ['TestRequest without its id', '1', '', '371=112|372=1|373=1|58=Required tag missing: TestReqID(112)'],
    ['TestRequest with an empty id', '1', '112=', '371=112|372=1|373=1|58=Required tag missing: TestReqID(112)'],
    ['GapFill without NewSeqNo', '4', '123=Y', '371=36|372=4|373=1|58=Required tag missing: NewSeqNo(36)'],
    ['Reset without NewSeqNo', '4', '', '371=36|372=4|373=1|58=Required tag missing: NewSeqNo(36)'],
  ])('rejects a %s', (_what, msgType, body, rejected) => {
    const rig = active();
    rig.peer(msgType, body);
    expect(rig.sent).toEqual([`35=3|34=2|45=2|${rejected}`]);
    expect(rig.session.state).toBe('active');
  });

  it.each(['2|7=1|16=1', '2|7=1|16=0'])('answers a ResendRequest that is right: 35=%s', (fields) => {
    const rig = active();
    rig.peer('2', fields.slice(2));
    expect(rig.sent).toHaveLength(1);
    expect(rig.sent[0]).toMatch(/^35=4\|34=1\|.*36=2$/);
  });

  it.each([
    [49, '35=0|56=US|34=2|52=$now|'],
    [56, '35=0|49=LP|34=2|52=$now|'],
    [52, '35=0|49=LP|56=US|34=2|'],
  ])('needs tag %d', (tag, fields) => {
    const rig = active();
    rig.receive(frame(fields.replace('$now', utc(rig.wallMs))));
    expect(rig.sent[0]).toContain(`45=2|371=${tag}|372=0|373=1|`);
  });
});

describe('what the screen is told of a session', () => {
  it('is counted since it was made', () => {
    const rig = new SessionRig();
    expect(rig.session).toMatchObject({
      messagesIn: 0,
      messagesOut: 0,
      rejects: 0,
      garbled: 0,
      lastMsgTypeIn: null,
      lastMsgTypeOut: null,
    });
    rig.session.connected(rig.now);
    expect(rig.session).toMatchObject({ messagesIn: 0, messagesOut: 1, lastMsgTypeIn: null, lastMsgTypeOut: 'A' });
    rig.peer('A', '98=0|108=30');
    rig.peer('B', NEWS);
    rig.peer('1', '112=x');
    expect(rig.session).toMatchObject({ messagesIn: 3, messagesOut: 2, lastMsgTypeIn: '1', lastMsgTypeOut: '0' });
    expect(rig.logged.map((line) => line.slice(0, line.indexOf(' ')))).toEqual(['out', 'in', 'in', 'in', 'out']);
  });

  it('goes on counting garbled messages over another limit, and follows the settings of the next connection', () => {
    const rig = SessionRig.active();
    rig.receive(Buffer.from('rubbish'));
    expect(rig.session.garbled).toBe(1);
    rig.session.transportClosed();
    rig.configure({ maxMessageBytes: 8_192, senderCompId: 'OTHER' });
    rig.session.connected(rig.now);
    expect(rig.session.garbled).toBe(1);
    expect(rig.logged.at(-1)).toContain('|49=OTHER|');
    rig.receive(Buffer.from('more rubbish'));
    expect(rig.session.garbled).toBe(2);
    rig.receive(Buffer.from('8=FIX.4.4\x019=9000\x0135=B\x01'));
    expect(rig.ended?.reason?.code).toBe('message-too-large');
    expect(rig.notes.filter(({ level }) => level === 'alarm').map(({ event }) => event)).toEqual(['Garbled']);
  });
});

describe('asking for messages once more', () => {
  it('is for what has been received, while logged on', () => {
    const rig = SessionRig.active();
    rig.peer('B', NEWS);
    expect(rig.session.requestResend(3, rig.now)).toMatchObject({ ok: false });
    expect(rig.session.requestResend(2, rig.now)).toEqual({ ok: true, msgSeqNum: 2 });
    expect(rig.persisted.at(-1)).toBe(2);
    expect(rig.signals).toContain('recovering');
    rig.session.transportClosed();
    expect(rig.session.requestResend(1, rig.now)).toEqual({ ok: false, error: 'The session is not logged on.' });
  });
});
