import { describe, expect, it } from 'vitest';
import { Active } from '../../../../main/fix/session/states/active.ts';
import { NEWS, SessionRig } from './session-rig.ts';

describe('the operator', () => {
  it('sets numbers, which are taken as set', () => {
    const rig = new SessionRig({ state: new Active(), nextIn: 5, stored: ['', ''] });
    rig.session.setNumbers(10, 20);
    expect([rig.session.nextIn, rig.session.nextOut]).toEqual([10, 20]);
    expect(rig.persisted).toEqual([10]);
    rig.peer('1', '112=x', 10);
    expect(rig.sent).toEqual(['35=0|34=20|112=x']);
    rig.peer('2', '7=3|16=0', 11);
    expect(rig.sent[1]).toMatch(/^35=4\|34=3\|.*36=21$/);
  });

  it('resets: at once while disconnected, with 141=Y on the next Logon', () => {
    const rig = new SessionRig({ nextIn: 5, stored: ['', ''] });
    rig.session.reset();
    expect([rig.session.nextIn, rig.session.nextOut, rig.resetPending, rig.resets]).toEqual([1, 1, true, 1]);
    rig.session.connected(rig.now);
    expect(rig.sent).toEqual(['35=A|34=1|98=0|108=30|141=Y']);
    rig.peer('A', '98=0|108=30|141=Y', 1);
    expect(rig.resetPending).toBe(false);
  });

  it('resets a live session with its next Logon only', () => {
    const rig = SessionRig.active();
    rig.session.reset();
    rig.peer('B', NEWS);
    expect(rig.delivered).toEqual(['B 2']);
    rig.session.transportClosed();
    rig.session.connected(rig.now);
    expect(rig.sent).toEqual(['35=A|34=1|98=0|108=30|141=Y']);
  });

  it('keeps the wish for a reset that came after the Logon was sent', () => {
    const rig = new SessionRig();
    rig.session.connected(rig.now);
    rig.session.reset();
    rig.peer('A', '98=0|108=30');
    expect(rig.session.state).toBe('active');
    expect(rig.resetPending).toBe(true);
  });

  it('takes numbers set after a reset as the last word', () => {
    const rig = new SessionRig({ nextIn: 5, stored: ['', ''] });
    rig.session.reset();
    rig.session.setNumbers(8, 9);
    expect(rig.resetPending).toBe(false);
    rig.session.connected(rig.now);
    expect(rig.sent).toEqual(['35=A|34=9|98=0|108=30']);
  });

  it('sends a TestRequest and learns the round trip', () => {
    const rig = SessionRig.active();
    expect(rig.session.testRequest(rig.now)).toEqual({ ok: true, msgSeqNum: 2 });
    rig.pass(3);
    rig.peer('0', '112=TEST-1');
    expect(rig.session.roundTripMs).toBe(3);
    expect(new SessionRig().session.testRequest(rig.now)).toMatchObject({ ok: false });
  });

  it('asks for messages once more, and the application gets them again', () => {
    const rig = SessionRig.active();
    for (let n = 0; n < 3; n += 1) rig.peer('B', NEWS);
    rig.forget();
    expect(rig.session.requestResend(9, rig.now)).toMatchObject({ ok: false });
    expect(rig.session.requestResend(3, rig.now)).toEqual({ ok: true, msgSeqNum: 2 });
    expect(rig.sent).toEqual(['35=2|34=2|7=3|16=0']);
    expect(rig.session.gap).toEqual({ from: 3, to: 4 });
    rig.possDup('B', NEWS, 3);
    rig.possDup('B', NEWS, 4);
    rig.peer('B', NEWS, 5);
    expect(rig.delivered).toEqual(['B 3 dup', 'B 4 dup', 'B 5']);
    expect(rig.signals).toEqual(['recovering', 'recovered']);
  });
});

describe('the FIX log', () => {
  it('never shows a password, in whatever message', () => {
    const rig = new SessionRig({ settings: { username: 'u', password: 'hunter2', newPassword: 'hunter3' } });
    rig.session.connected(rig.now);
    rig.receive(rig.message('A', '98=0|108=30|554=hunter2'));
    rig.receive(rig.message('3', '45=1|58=hunter2 is not your password, hunter3 neither', 2));
    rig.receive(rig.message('5', '58=bad 554=hunter2', 3));
    rig.receive(rig.message('BE', '923=1|924=1|553=u|554=hunter2|925=hunter3', 4));
    expect(rig.logged.length).toBeGreaterThanOrEqual(5);
    expect(rig.logged.join()).not.toContain('hunter');
    expect(JSON.stringify(rig.notes)).not.toContain('hunter');
    expect(JSON.stringify(rig.session.transportClosed())).not.toContain('hunter');
    expect(rig.sent[0]).toContain('554=hunter2|925=hunter3');
  });

  it('never shows a secret tag of a Logon, ours or an echo of it, nor where it is quoted; what is not in a Logon stays', () => {
    const rig = new SessionRig({
      settings: {
        secretTags: [96, 5001],
        logonTags: [
          [95, '7'],
          [96, 'hunter2'],
          [5001, 'hunter3'],
          [5002, 'shown'],
        ],
      },
    });
    rig.session.connected(rig.now);
    expect(rig.sent[0]).toContain('95=7|96=hunter2|5001=hunter3|5002=shown');
    rig.receive(rig.message('A', '98=0|108=30|5001=hunter3'));
    rig.receive(rig.message('3', '45=1|58=5001=hunter3 is wrong', 2));
    rig.receive(rig.message('5', '58=hunter2 is no good', 3));
    const logged = rig.logged.join();
    expect(logged).not.toContain('hunter');
    expect(logged).toContain('5002=shown');
    expect(JSON.stringify(rig.notes)).not.toContain('hunter');
  });
});
