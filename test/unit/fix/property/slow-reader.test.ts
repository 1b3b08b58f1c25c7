import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NEWS, SessionRig } from '../session/session-rig.ts';
import { RUNS } from './settings.ts';

interface Written {
  readonly dup: boolean;
  readonly first: number;
  readonly last: number;
  readonly text: string;
}

/** A session whose transport takes so many messages and then no more, and what it owes the peer. */
class SlowReader extends SessionRig {
  /** Numbers that were asked for and have not been sent since. */
  readonly owed = new Set<number>();
  readonly #wire: Written[] = [];
  #lastNew = 1;

  static loggedOn(): SlowReader {
    const rig = new SlowReader({ settings: { neverResendMsgTypes: ['8'] } });
    rig.session.connected(rig.now);
    rig.peer('A', '98=0|108=30');
    rig.forget();
    return rig;
  }

  override send(bytes: Uint8Array, from: number, to: number): void {
    super.send(bytes, from, to);
    const written = read(this.sent.at(-1) ?? '');
    this.#wire.push(written);
    // The Logon.
    if (this.#wire.length === 1) return;
    if (written.dup) {
      for (let n = written.first; n <= written.last; n += 1) this.owed.delete(n);
      expect(written.last).toBeLessThanOrEqual(this.#lastNew);
      return;
    }
    expect(written.first, 'new messages come in the order of their numbers, none left out').toBe(this.#lastNew + 1);
    expect([...this.owed], 'nothing new overtakes what was asked for').toEqual([]);
    this.#lastNew = written.first;
  }

  ask(begin: number, length: number): void {
    const end = length === 0 ? this.#lastNew : Math.min(begin + length - 1, this.#lastNew);
    for (let n = begin; n <= end; n += 1) this.owed.add(n);
    this.peer('2', `7=${begin}|16=${length === 0 ? 0 : begin + length - 1}`);
  }

  /** The peer reads so many messages. */
  read(messages: number): void {
    this.room = messages;
    this.session.drained(this.now);
  }

  fillGap(): void {
    if (this.peerNext > this.session.nextIn) this.possDup('4', `123=Y|36=${this.peerNext}`, this.session.nextIn);
  }

  /** Every application message that was resent is the one that was sent first. */
  get resentAsTheyWere(): boolean {
    const bodies = new Map(this.#wire.filter(({ dup }) => !dup).map(({ first, text }) => [first, body(text)]));
    return this.#wire.every(({ dup, first, text }) => !dup || text.startsWith('35=4') || bodies.get(first) === body(text));
  }

  get lastNew(): number {
    return this.#lastNew;
  }
}

const body = (text: string): string => text.replace(/\|43=Y|\|122=[^|]*/g, '');

function read(text: string): Written {
  const field = (tag: number): string | undefined => new RegExp(`(?:^|\\|)${tag}=([^|]*)`).exec(text)?.[1];
  const first = Number(field(34));
  const fills = field(35) === '4' && field(123) === 'Y';
  return { dup: field(43) === 'Y', first, last: fills ? Number(field(36)) - 1 : first, text };
}

type Happening = (rig: SlowReader) => void;
const does = <T>(arbitrary: fc.Arbitrary<T>, act: (rig: SlowReader, value: T) => void): fc.Arbitrary<Happening> =>
  arbitrary.map((value) => (rig) => act(rig, value));
const nothing = fc.constant(null);

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 5, arbitrary: does(fc.nat(4), (rig, messages) => rig.read(messages)) },
  {
    weight: 6,
    arbitrary: does(fc.tuple(fc.nat(), fc.nat(9)), (rig, [begin, length]) => rig.ask(1 + (begin % (rig.lastNew + 1)), length)),
  },
  {
    weight: 5,
    arbitrary: does(fc.constantFrom('B', '8'), (rig, type) => rig.session.send(type, [[148, `${rig.session.nextOut}`]], rig.now)),
  },
  { weight: 3, arbitrary: does(nothing, (rig) => rig.peer('1', '112=x')) },
  { weight: 1, arbitrary: does(nothing, (rig) => rig.peer('zz')) },
  { weight: 1, arbitrary: does(nothing, (rig) => rig.session.testRequest(rig.now)) },
  {
    weight: 2,
    arbitrary: does(fc.boolean(), (rig, refused) => {
      rig.refuse = refused ? { reason: 5, text: 'no' } : null;
      rig.peer('B', NEWS);
    }),
  },
  {
    weight: 1,
    arbitrary: does(nothing, (rig) => {
      rig.peerNext += 1;
    }),
  },
  {
    weight: 2,
    arbitrary: does(fc.integer({ min: 1, max: 40_000 }), (rig, ms) => {
      rig.fillGap();
      rig.peer('0');
      // Who reads nothing for two minutes is given up.
      rig.read(1);
      rig.run(ms);
    }),
  },
);

test('a peer that pauses reading at any point gets all that it asked for, and new messages in the order of their numbers', () => {
  fc.assert(
    fc.property(fc.array(happening, { minLength: 10, maxLength: 150, size: 'max' }), (happenings) => {
      const rig = SlowReader.loggedOn();
      for (const act of happenings) {
        act(rig);
        expect(rig.session.state).toBe('active');
      }
      rig.fillGap();
      rig.read(100_000);
      expect([...rig.owed]).toEqual([]);
      expect(rig.lastNew).toBe(rig.session.nextOut - 1);
      expect(rig.resentAsTheyWere).toBe(true);
    }),
    { numRuns: RUNS },
  );
});
