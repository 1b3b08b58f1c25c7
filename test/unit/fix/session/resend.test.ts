import { describe, expect, it } from 'vitest';
import { Active } from '../../../../main/fix/session/states/active.ts';
import { NEWS, type SETTINGS, SessionRig } from './session-rig.ts';

/** Messages 1 to 4: an order, an admin message, two orders. */
function rigWithHistory(settings: ConstructorParameters<typeof SessionRig>[0] = {}): SessionRig {
  const rig = new SessionRig({ state: new Active(), ...settings });
  rig.session.send('B', [[148, 'one']], rig.now);
  rig.peer('1', '112=x');
  rig.session.send('B', [[148, 'three']], rig.now);
  rig.session.send('8', [[37, 'four']], rig.now);
  rig.forget();
  rig.pass(1000);
  return rig;
}

const dup = (rig: SessionRig): string =>
  `43=Y|122=${new Date(rig.wallMs - 1000).toISOString().replaceAll('-', '').replace('T', '-').slice(0, 21)}`;
const gapFill = (rig: SessionRig, seqNum: number, next: number): string =>
  `35=4|34=${seqNum}|43=Y|122=${new Date(rig.wallMs).toISOString().replaceAll('-', '').replace('T', '-').slice(0, 21)}|123=Y|36=${next}`;

describe('answering a ResendRequest', () => {
  it('resends application messages as they were and gap-fills the rest', () => {
    const rig = rigWithHistory();
    rig.peer('2', '7=1|16=0');
    expect(rig.sent).toEqual([
      `35=B|34=1|${dup(rig)}|148=one`,
      gapFill(rig, 2, 3),
      `35=B|34=3|${dup(rig)}|148=three`,
      `35=8|34=4|${dup(rig)}|37=four`,
    ]);
    expect(rig.session.nextOut).toBe(5);
  });

  it.each([
    ['7=3|16=3', ['34=3']],
    ['7=2|16=99', ['34=2', '34=3', '34=4']],
    ['7=2|16=2', ['34=2']],
  ])('covers exactly what %s asks', (body, numbers) => {
    const rig = rigWithHistory();
    rig.peer('2', body);
    expect(rig.sent.map((message) => /34=\d+/.exec(message)?.[0])).toEqual(numbers);
  });

  it('makes one GapFill of a run of what is not resent: admin, and MsgTypes that must not be', () => {
    const rig = rigWithHistory({ settings: { neverResendMsgTypes: ['B'] } });
    rig.peer('2', '7=1|16=0');
    expect(rig.sent).toEqual([gapFill(rig, 1, 4), `35=8|34=4|${dup(rig)}|37=four`]);
  });

  it('resends no application message after the kill switch', () => {
    const rig = rigWithHistory();
    rig.session.blockOutbound();
    rig.peer('2', '7=1|16=0');
    expect(rig.sent).toEqual([gapFill(rig, 1, 5)]);
    expect(rig.session.send('B', [[148, 'x']], rig.now)).toMatchObject({ ok: false });
    expect(rig.session.sendBodyOf(messageView(rig), rig.now)).toMatchObject({ ok: false });
  });

  it('replaces a damaged stored message by a GapFill and says so', () => {
    const rig = rigWithHistory();
    rig.messages[2] = 'rubbish';
    rig.peer('2', '7=1|16=0');
    expect(rig.sent.slice(1, 3)).toEqual([gapFill(rig, 2, 3), gapFill(rig, 3, 4)]);
    expect(rig.sent[3]).toContain('35=8|34=4|43=Y');
    expect(rig.notes.some((note) => note.level === 'alarm' && note.text.includes('Stored message 3 is damaged'))).toBe(true);
  });

  it('pauses while the transport is full, keeps new messages back meanwhile, and loses none', () => {
    const rig = rigWithHistory();
    rig.room = 1;
    rig.peer('2', '7=1|16=0');
    expect(rig.sent).toHaveLength(1);
    expect(rig.session.send('B', [[148, 'five']], rig.now)).toEqual({ ok: true, msgSeqNum: 5 });
    expect(rig.sent).toHaveLength(1);
    for (let turn = 0; turn < 10; turn += 1) {
      rig.room = 1;
      rig.session.drained(rig.now);
    }
    expect(rig.sent.map((message) => message.replace(/\|122=[^|]*/, ''))).toEqual([
      '35=B|34=1|43=Y|148=one',
      '35=4|34=2|43=Y|123=Y|36=3',
      '35=B|34=3|43=Y|148=three',
      '35=8|34=4|43=Y|37=four',
      '35=B|34=5|148=five',
    ]);
    rig.room = 10;
    rig.session.send('B', [[148, 'six']], rig.now);
    expect(rig.sent.at(-1)).toBe('35=B|34=6|148=six');
  });

  it('rejects a range that is none, and says when more is wanted than was sent', () => {
    const rig = rigWithHistory();
    rig.peer('2', '7=3|16=2');
    expect(rig.sent[0]).toMatch(/^35=3\|34=5\|45=2\|371=16\|372=2\|373=5\|/);
    rig.forget();
    rig.peer('2', '7=50|16=0');
    expect(rig.sent).toEqual([]);
    expect(rig.notes.at(-1)).toMatchObject({
      level: 'alarm',
      text: 'The peer asks for messages from 50, we have sent only up to 5',
    });
  });
});

describe('sending application messages', () => {
  it('refuses what the session sends itself, header fields, and values that cannot be sent', () => {
    const rig = new SessionRig({ state: new Active() });
    expect(rig.session.send('A', [], rig.now)).toMatchObject({ ok: false });
    expect(rig.session.send('B', [[34, '7']], rig.now)).toMatchObject({ ok: false });
    expect(rig.session.send('B', [[148, 'a\x0158=b']], rig.now)).toMatchObject({ ok: false });
    expect(rig.sent).toEqual([]);
    expect(rig.session.nextOut).toBe(1);
  });

  it('does not take a fault of the program for one of the message', () => {
    const rig = new SessionRig({ state: new Active() });
    expect(() => rig.session.send('B', [[148, null as unknown as string]], rig.now)).toThrow(TypeError);
  });

  it('stores before it sends', () => {
    const rig = new SessionRig({ state: new Active() });
    let storedWhenSent = -1;
    const send = rig.send.bind(rig);
    rig.send = (bytes, from, to) => {
      storedWhenSent = rig.messages.length;
      send(bytes, from, to);
    };
    rig.session.send('B', [[148, 'a']], rig.now);
    expect(storedWhenSent).toBe(1);
  });

  it('refuses while disconnected, by configuration', () => {
    const rig = new SessionRig();
    expect(rig.session.send('B', [[148, 'a']], rig.now)).toEqual({ ok: false, error: 'The session is not logged on.' });
  });

  it('queues while disconnected, and the resend after the Logon brings it', () => {
    const rig = new SessionRig({ settings: { whenDisconnected: 'queue' } });
    expect(rig.session.send('B', [[148, 'queued']], rig.now)).toEqual({ ok: true, msgSeqNum: 1 });
    rig.session.connected(rig.now);
    rig.peer('A', '98=0|108=30');
    expect(rig.sent).toEqual(['35=A|34=2|98=0|108=30']);
    rig.peer('2', '7=1|16=0');
    expect(rig.sent[1]).toMatch(/^35=B\|34=1\|43=Y\|122=[^|]+\|148=queued$/);
    expect(rig.sent[2]).toMatch(/^35=4\|34=2\|.*36=3$/);
  });

  it('sends what was queued behind an unanswered Logon as soon as it is answered', () => {
    const rig = new SessionRig({ settings: { whenDisconnected: 'queue' } });
    rig.session.connected(rig.now);
    rig.session.send('B', [[148, 'queued']], rig.now);
    expect(rig.sent).toHaveLength(1);
    rig.peer('A', '98=0|108=30');
    expect(rig.sent[1]).toBe('35=B|34=2|148=queued');
  });

  it('sends what was queued between its Logon and the answer, on this connection', () => {
    const rig = new SessionRig({ settings: { whenDisconnected: 'queue' } });
    rig.session.connected(rig.now);
    expect(rig.session.send('B', [[148, 'early']], rig.now)).toEqual({ ok: true, msgSeqNum: 2 });
    expect(rig.sent).toHaveLength(1);
    rig.peer('A', '98=0|108=30');
    expect(rig.sent.slice(1)).toEqual(['35=B|34=2|148=early']);
  });

  it.each(['', 'ABCDE', '\u00e9', '0', 'A'])('takes no message of type %j', (msgType) => {
    const rig = SessionRig.active();
    expect(rig.session.send(msgType, [[148, 'x']], rig.now)).toMatchObject({ ok: false });
    expect(rig.sent).toEqual([]);
  });

  it('does not queue what a reset at the next Logon would lose', () => {
    const rig = new SessionRig({ settings: { whenDisconnected: 'queue', resetOnLogon: true } });
    expect(rig.session.send('B', [[148, 'a']], rig.now)).toMatchObject({ ok: false });
  });
});

describe('sending the body of a message that came', () => {
  const sentBody = (msgType: string, body: string, settings: Partial<typeof SETTINGS> = {}): string | undefined => {
    const rig = SessionRig.active({ settings });
    const view = messageView(rig, msgType, body);
    rig.session.sendBodyOf(view, rig.now);
    return rig.sent.at(-1);
  };

  it('leaves nothing out and adds nothing', () => {
    expect(sentBody('B', NEWS)).toBe(`35=B|34=2|${NEWS}`);
  });

  it('keeps data that contains SOH as one field, wherever it stands', () => {
    const body = `${NEWS}|354=3|355=c|d|95=10|96=a|44=000|b`;
    expect(sentBody('B', body)).toBe(`35=B|34=2|${body}`);
  });

  it('copies a length without its data, and data behind another field, as the fields that they are', () => {
    const body = '95=3|58=abc|96=def';
    expect(sentBody('B', body, { validate: false })).toBe(`35=B|34=2|${body}`);
  });

  it('refuses what cannot be sent, and uses no number up', () => {
    const rig = SessionRig.active({ settings: { validate: false } });
    const view = messageView(rig, 'B', '148=|33=1');
    expect(rig.session.sendBodyOf(view, rig.now)).toEqual({ ok: false, error: expect.stringContaining('Tag 148') });
    expect(rig.session.nextOut).toBe(2);
  });
});

function messageView(rig: SessionRig, msgType = 'B', body = NEWS): Parameters<SessionRig['session']['sendBodyOf']>[0] {
  let seen: Parameters<SessionRig['deliver']>[0] | null = null;
  const deliver = rig.deliver.bind(rig);
  rig.deliver = (message) => {
    seen = message;
    return deliver(message);
  };
  rig.peer(msgType, body);
  if (seen === null) throw new Error('not delivered');
  return seen;
}
