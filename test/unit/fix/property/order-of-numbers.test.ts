import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NEWS, SessionRig } from '../session/session-rig.ts';
import { RUNS } from './settings.ts';

/** A session with which anything may happen, and what must hold of its wire all the while. */
class Watched extends SessionRig {
  /** The last new number on the wire in this numbering. */
  last = 0;
  /** The Logon of this connection has been accepted. */
  accepted = false;
  blocked = false;

  override send(bytes: Uint8Array, from: number, to: number): void {
    super.send(bytes, from, to);
    const text = this.sent.at(-1) ?? '';
    const field = (tag: number): string | undefined => new RegExp(`(?:^|\\|)${tag}=([^|]*)`).exec(text)?.[1];
    if (['B', '8', 'j'].includes(field(35) ?? '')) {
      expect(this.accepted, `${text} before the Logon was accepted`).toBe(true);
      expect(this.blocked, `${text} after the kill switch`).toBe(false);
      expect(this.session.state, text).not.toBe('expelling');
    }
    if (field(43) === 'Y') return;
    if (field(141) === 'Y') this.last = 0;
    const seqNum = Number(field(34));
    expect(seqNum, `${text} after ${this.last}`).toBeGreaterThan(this.last);
    expect(this.messages.length, `${text} is stored before it is sent`).toBeGreaterThanOrEqual(seqNum);
    this.last = seqNum;
  }

  get live(): boolean {
    return this.session.state !== 'closed' && this.session.state !== 'awaiting-logon';
  }

  dial(): void {
    if (this.session.state !== 'closed') return;
    this.accepted = false;
    this.session.connected(this.now);
  }

  answer(body: string, ahead: number): void {
    if (this.session.state !== 'awaiting-logon') return;
    const resets = body.includes('141=Y');
    // A reset that was not asked for: our Logon is the first message of the new numbering.
    if (resets) this.last = Math.min(this.last, 1);
    this.accepted = !body.includes('108=31');
    this.peerNext = resets ? 1 : this.session.nextIn + ahead;
    this.peer('A', body);
  }

  setNextOut(nextOut: number): void {
    this.session.setNumbers(null, nextOut);
    this.last = Math.min(this.last, nextOut - 1);
  }

  resetLive(): void {
    this.receive(this.message('A', '98=0|108=30|141=Y', 1));
    this.peerNext = this.session.nextIn;
  }
}

type Happening = (rig: Watched) => void;
const does = <T>(weight: number, arbitrary: fc.Arbitrary<T>, act: (rig: Watched, value: T) => void) => ({
  weight,
  arbitrary: arbitrary.map(
    (value): Happening =>
      (rig) =>
        act(rig, value),
  ),
});
const says = (weight: number, act: (rig: Watched) => void) => does(weight, fc.constant(null), (rig) => rig.live && act(rig));
const range = fc.tuple(fc.nat(), fc.nat(9));
const LOGONS = ['98=0|108=30', '98=0|108=30', '98=0|108=30|141=Y', '98=0|108=30|789=1', '98=0|108=31'];

const happening: fc.Arbitrary<Happening> = fc.oneof(
  does(6, fc.nat(4), (rig, messages) => {
    rig.room = messages;
    rig.session.drained(rig.now);
  }),
  does(6, range, (rig, [at, length]) => {
    const begin = 1 + (at % (rig.last + 1));
    if (rig.live) rig.peer('2', `7=${begin}|16=${length === 0 ? 0 : begin + length - 1}`);
  }),
  does(6, fc.constantFrom('B', '8'), (rig, type) => rig.session.send(type, [[148, 'x']], rig.now)),
  does(2, fc.boolean(), (rig, refused) => {
    rig.refuse = refused ? { reason: 5, text: 'no' } : null;
    if (rig.live) rig.peer('B', NEWS);
  }),
  says(3, (rig) => rig.peer('1', '112=x')),
  says(1, (rig) => rig.peer('zz')),
  says(2, (rig) => rig.session.testRequest(rig.now)),
  says(1, (rig) => rig.peer('0', '', rig.peerNext + 1)),
  says(1, (rig) => rig.peer('0', '', 0)),
  says(1, (rig) => rig.peer('5')),
  says(1, (rig) => rig.peer('4', `36=${rig.peerNext + 3}`, rig.peerNext + 2)),
  says(2, (rig) => rig.resetLive()),
  does(2, fc.integer({ min: 1, max: 40_000 }), (rig, ms) => rig.run(ms)),
  does(1, fc.nat(3), (rig, back) => rig.session.requestResend(Math.max(1, rig.session.nextIn - back), rig.now)),
  does(1, fc.integer({ min: -3, max: 5 }), (rig, by) => rig.setNextOut(Math.max(1, rig.session.nextOut + by))),
  says(1, (rig) => rig.session.logout('bye', rig.now)),
  does(1, fc.integer({ min: 0, max: 20 }), (rig, n) => {
    if (n > 0) return;
    rig.session.blockOutbound();
    rig.blocked = true;
  }),
  does(2, fc.constant(null), (rig) => rig.session.transportClosed()),
  does(6, fc.constant(null), (rig) => rig.dial()),
  does(6, fc.tuple(fc.constantFrom(...LOGONS), fc.nat(2)), (rig, [body, ahead]) => rig.answer(body, ahead)),
);

test.each(['queue', 'refuse'] as const)(
  'whatever happens, new messages go out in the order of their numbers, and application messages only while they may (%s)',
  (whenDisconnected) => {
    fc.assert(
      fc.property(fc.array(happening, { minLength: 10, maxLength: 200, size: 'max' }), (happenings) => {
        const rig = new Watched({
          settings: { whenDisconnected, neverResendMsgTypes: ['8'], sendingTimeThresholdMs: Number.MAX_SAFE_INTEGER },
        });
        rig.dial();
        for (const act of happenings) act(rig);
      }),
      { numRuns: RUNS },
    );
  },
  60_000,
);
