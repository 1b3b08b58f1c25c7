import { describe, expect, it } from 'vitest';
import { Active } from '../../../../main/fix/session/states/active.ts';
import { frame, NEWS, SessionRig, utc } from './session-rig.ts';

/** Application messages 1 … count were sent; the transport then takes no more. */
function fullTransport(count: number, options: ConstructorParameters<typeof SessionRig>[0] = {}): SessionRig {
  const rig = new SessionRig({ state: new Active(), ...options });
  for (let n = 1; n <= count; n += 1) rig.session.send('B', [[148, `news ${n}`]], rig.now);
  rig.forget();
  rig.room = 0;
  return rig;
}

/** The reader takes `messages`, one at a time. */
function read(rig: SessionRig, messages: number): void {
  for (let n = 0; n < messages; n += 1) {
    rig.room = 1;
    rig.session.drained(rig.now);
  }
}

/** A line of the log as it was on the wire. */
const wire = (line: string): string => line.slice('out '.length).replaceAll('|', '\x01');
const short = (rig: SessionRig): string[] => rig.sent.map((text) => text.replace(/\|122=[^|]*/, '').replace(/\|(148|58)=.*/, ''));
const numbers = (rig: SessionRig): number[] => rig.sent.map((text) => Number(/\|34=(\d+)/.exec(text)?.[1]));

describe('ResendRequests of a peer that does not read', () => {
  it('are all answered, whatever their number', () => {
    const rig = fullTransport(2400);
    for (let n = 0; n < 40; n += 1) rig.peer('2', `7=${n * 60 + 1}|16=${n * 60 + 60}`);
    read(rig, 2401);
    expect(numbers(rig)).toEqual(Array.from({ length: 2400 }, (_, i) => i + 1));
  });

  it.each([
    ['apart, in any order', ['7=8|16=9', '7=2|16=3', '7=5|16=5'], [2, 3, 5, 8, 9]],
    ['overlapping', ['7=4|16=6', '7=2|16=4', '7=6|16=7'], [2, 3, 4, 5, 6, 7]],
    ['one within the other', ['7=2|16=9', '7=4|16=5'], [2, 3, 4, 5, 6, 7, 8, 9]],
    ['to the end', ['7=9|16=0', '7=3|16=3'], [3, 9, 10]],
  ])('are merged: %s', (_what, bodies, expected) => {
    const rig = fullTransport(10);
    for (const body of bodies) rig.peer('2', body);
    read(rig, 12);
    expect(numbers(rig)).toEqual(expected);
  });

  it('that ask again for what went out before they came, get it again', () => {
    const rig = fullTransport(6);
    rig.peer('2', '7=1|16=0');
    read(rig, 4);
    rig.peer('2', '7=2|16=5');
    read(rig, 8);
    expect(numbers(rig)).toEqual([1, 2, 3, 4, 2, 3, 4, 5, 6]);
  });

  it('for every other number do not grow without end, and none is forgotten', () => {
    const rig = fullTransport(6000);
    for (let n = 1; n < 6000; n += 2) rig.peer('2', `7=${n}|16=${n}`);
    read(rig, 6001);
    const sent = numbers(rig);
    expect(sent.filter((n) => n % 2 === 1)).toEqual(Array.from({ length: 3000 }, (_, i) => 2 * i + 1));
    expect(sent.length).toBeGreaterThan(3000 + 1900);
    expect(new Set(sent).size).toBe(sent.length);
  });
});

describe('what is numbered while a resend is paused', () => {
  it('follows in the order of its numbers, whoever says it', () => {
    const rig = fullTransport(2);
    rig.peer('2', '7=1|16=0');
    rig.session.send('B', [[148, 'three']], rig.now);
    rig.peer('1', '112=four');
    rig.refuse = { reason: 5, text: 'five' };
    rig.peer('B', NEWS);
    rig.peer('zz', '');
    rig.session.testRequest(rig.now);
    rig.peer('0', '', rig.peerNext + 1);
    rig.run(30_000);
    expect(rig.sent).toEqual([]);
    read(rig, 20);
    expect(short(rig)).toEqual([
      '35=B|34=1|43=Y',
      '35=B|34=2|43=Y',
      '35=B|34=3',
      '35=0|34=4|112=four',
      '35=j|34=5|45=3|372=B|380=5',
      '35=3|34=6|45=4|371=35|372=zz|373=11',
      '35=1|34=7|112=TEST-1',
      '35=2|34=8|7=5|16=0',
      '35=2|34=9|7=5|16=0',
    ]);
    rig.room = 9;
    rig.peer('1', '112=now', 5);
    expect(short(rig).at(-1)).toBe('35=0|34=10|112=now');
  });

  it('and the Heartbeats, of which one is due every HeartBtInt', () => {
    const rig = fullTransport(1);
    rig.peer('2', '7=1|16=0');
    rig.run(30_000);
    rig.peer('0');
    rig.run(30_000);
    read(rig, 9);
    expect(short(rig)).toEqual(['35=B|34=1|43=Y', '35=0|34=2', '35=0|34=3']);
  });

  it('has the SendingTime at which it is sent, where it has waited for long', () => {
    const rig = fullTransport(1, { settings: { heartBtInt: 3600 } });
    rig.peer('2', '7=1|16=0');
    rig.session.send('B', [[148, 'early']], rig.now);
    rig.peer('1', '112=early');
    rig.run(9_000);
    const late = utc(rig.wallMs);
    rig.session.send('B', [[148, 'late']], rig.now);
    rig.run(1_000);
    rig.logged.length = 0;
    read(rig, 9);
    const [, news, heartbeat, lateNews] = rig.logged;
    expect(news).toContain(`|52=${utc(rig.wallMs)}|148=early|`);
    expect(heartbeat).toContain(`|52=${utc(rig.wallMs)}|112=early|`);
    expect(lateNews).toContain(`|52=${late}|148=late|`);
    for (const line of rig.logged) expect(frame(/35=.*(?=10=)/.exec(line)?.[0] ?? '').toString('latin1')).toBe(wire(line));
    // What it was made at is its OrigSendingTime when it is asked for again.
    rig.room = 9;
    rig.peer('2', '7=2|16=2');
    expect(rig.sent.at(-1)).toContain(`122=${utc(rig.wallMs - 10_000)}|148=early`);
  });

  it('is not resent before it has been sent', () => {
    const rig = fullTransport(2);
    rig.peer('2', '7=2|16=0');
    rig.session.send('B', [[148, 'three']], rig.now);
    rig.peer('2', '7=1|16=0');
    rig.peer('2', '7=3|16=3');
    expect(rig.notes.at(-1)).toMatchObject({ level: 'alarm', text: expect.stringContaining('only up to 2') });
    read(rig, 9);
    expect(short(rig)).toEqual(['35=B|34=1|43=Y', '35=B|34=2|43=Y', '35=B|34=3']);
  });

  it('and our Logout, which the peer gets in its place', () => {
    const rig = fullTransport(2);
    rig.peer('2', '7=1|16=0');
    rig.session.send('B', [[148, 'three']], rig.now);
    rig.session.logout('Deactivated', rig.now);
    read(rig, 9);
    expect(short(rig)).toEqual(['35=B|34=1|43=Y', '35=B|34=2|43=Y', '35=B|34=3', '35=5|34=4']);
  });

  it('has no application message in it after the kill switch: the rest is gap-filled and the Logout comes', () => {
    const rig = fullTransport(4);
    rig.peer('2', '7=1|16=0');
    read(rig, 1);
    rig.session.send('B', [[148, 'five']], rig.now);
    rig.session.blockOutbound();
    rig.session.logout('Killed', rig.now);
    read(rig, 9);
    expect(short(rig)).toEqual(['35=B|34=1|43=Y', '35=4|34=2|43=Y|123=Y|36=5', '35=5|34=6']);
  });

  it('gives way to the Logout of a session that cannot go on, except for what the session itself has said', () => {
    const rig = fullTransport(3);
    rig.peer('2', '7=1|16=0');
    rig.session.send('B', [[148, 'four']], rig.now);
    rig.peer('1', '112=five');
    rig.peer('0', '', 0);
    read(rig, 9);
    expect(short(rig)).toEqual(['35=0|34=5|112=five', '35=5|34=6']);
  });

  it('ends with a reset of the numbers, and the operator hears what the peer did not get', () => {
    const rig = fullTransport(3);
    rig.peer('2', '7=1|16=0');
    rig.session.send('B', [[148, 'four']], rig.now);
    rig.peer('1', '112=five');
    rig.peer('A', '98=0|108=30|141=Y', 1);
    rig.peer('1', '112=x', 2);
    read(rig, 9);
    expect(short(rig)).toEqual(['35=A|34=1|98=0|108=30|141=Y', '35=0|34=2|112=x']);
    expect(rig.notes.filter((note) => note.level === 'alarm').map((note) => note.text)).toEqual([
      'One queued application message is not sent: the sequence numbers start again at 1, the old store keeps them',
    ]);
  });

  it('ends with numbers that the operator takes back, and he hears it', () => {
    const rig = fullTransport(3);
    rig.peer('2', '7=1|16=0');
    rig.session.send('B', [[148, 'four']], rig.now);
    rig.session.setNumbers(null, 4);
    rig.session.send('B', [[148, 'another four']], rig.now);
    expect(short(rig)).toEqual(['35=B|34=4']);
    expect(rig.sent[0]).toContain('another');
    expect(rig.notes[1]).toMatchObject({ level: 'alarm', text: expect.stringContaining('start again at 4') });
  });

  it('is bounded: a peer that asks without reading is not read any more', () => {
    const rig = fullTransport(1);
    rig.peer('2', '7=1|16=0');
    for (let n = 0; n < 5000 && rig.ended === null; n += 1) rig.peer('1', `112=${'x'.repeat(1000)}`);
    expect(rig.ended?.reason?.code).toBe('slow-consumer');
    expect(rig.sent).toEqual([]);
    expect(rig.session.state).toBe('closed');
  });
});

describe('a peer that never reads what it asked for, but speaks', () => {
  /** Ten seconds, and a Heartbeat of the peer with `room` messages read. */
  const tenSeconds = (rig: SessionRig, room: number): void => {
    rig.run(10_000);
    rig.peer('0', '');
    read(rig, room);
  };

  it('is given up after two minutes, however often it asks again', () => {
    const rig = fullTransport(3);
    rig.peer('2', '7=1|16=0');
    for (let n = 0; n < 11; n += 1) {
      tenSeconds(rig, 0);
      rig.peer('2', '7=1|16=0');
    }
    expect(rig.ended).toBeNull();
    tenSeconds(rig, 0);
    expect(rig.ended?.reason).toEqual({ code: 'slow-consumer', detail: 'a resend that it asked for waits' });
  });

  it('keeps its session while it reads, however slowly, and when it has read all', () => {
    const rig = fullTransport(20);
    rig.peer('2', '7=1|16=0');
    for (let n = 0; n < 20; n += 1) tenSeconds(rig, 1);
    rig.room = Number.POSITIVE_INFINITY;
    rig.session.drained(rig.now);
    for (let n = 0; n < 20; n += 1) tenSeconds(rig, 1);
    expect(rig.ended).toBeNull();
  });

  it('may be slow again after a resend that was read', () => {
    const rig = fullTransport(3);
    rig.peer('2', '7=1|16=0');
    read(rig, 4);
    for (let n = 0; n < 30; n += 1) tenSeconds(rig, 1);
    rig.room = 0;
    rig.peer('2', '7=1|16=0');
    for (let n = 0; n < 11; n += 1) tenSeconds(rig, 0);
    expect(rig.ended).toBeNull();
  });
});

describe('behind an unanswered Logon', () => {
  const dialling = (): SessionRig => {
    const rig = new SessionRig({ settings: { whenDisconnected: 'queue' } });
    rig.session.connected(rig.now);
    rig.session.send('B', [[148, 'two']], rig.now);
    return rig;
  };

  it('nothing follows when the transport has written it', () => {
    const rig = dialling();
    rig.session.drained(rig.now);
    expect(short(rig)).toEqual(['35=A|34=1|98=0|108=30']);
    rig.peer('A', '98=0|108=30');
    expect(short(rig)).toEqual(['35=A|34=1|98=0|108=30', '35=B|34=2']);
  });

  it('nothing follows when the operator sets numbers meanwhile', () => {
    const rig = dialling();
    rig.session.setNumbers(null, 9);
    rig.session.send('B', [[148, 'nine']], rig.now);
    expect(rig.sent).toHaveLength(1);
    rig.peer('A', '98=0|108=30');
    expect(short(rig)).toEqual(['35=A|34=1|98=0|108=30', '35=B|34=9']);
  });

  it('an answer that is refused gets the Logout alone', () => {
    const rig = dialling();
    rig.peer('A', '98=0|108=31');
    expect(short(rig)).toEqual(['35=A|34=1|98=0|108=30', '35=5|34=3']);
  });

  it('our ResendRequest for what is missing keeps its place', () => {
    const rig = dialling();
    rig.peer('A', '98=0|108=30', 4);
    expect(short(rig)).toEqual(['35=A|34=1|98=0|108=30', '35=B|34=2', '35=2|34=3|7=1|16=0']);
  });
});
