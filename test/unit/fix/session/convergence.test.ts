import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fix44 } from '../../../../main/fix/codec/fix44.ts';
import type { MessageView } from '../../../../main/fix/codec/message-view.ts';
import { Session } from '../../../../main/fix/session/session.ts';
import { SETTINGS, SessionRig } from './session-rig.ts';

/** One of two of our own sessions that talk to each other, with what its application sent and got. */
class Side extends SessionRig {
  readonly got: string[] = [];
  readonly gave: string[] = [];
  /** Bytes on the wire towards the other side. */
  wire: Buffer = Buffer.alloc(0);
  current: Session;
  connected = false;
  nextIn = 1;
  readonly #ids: { senderCompId: string; targetCompId: string };

  constructor(senderCompId: string, targetCompId: string) {
    super();
    this.#ids = { senderCompId, targetCompId };
    this.current = this.#open();
  }

  #open(): Session {
    const settings = { ...SETTINGS, ...this.#ids, whenDisconnected: 'queue' } as const;
    return new Session(settings, fix44(), this, { nextIn: this.nextIn, nextOut: this.messages.length + 1, resetPending: false });
  }

  give(clock: SessionRig): void {
    const id = `${this.#ids.senderCompId}${this.gave.length + 1}`;
    const fields = [[148, id] as const, [33, '1'] as const, [58, 'x'] as const];
    expect(this.current.send('B', fields, clock.now).ok).toBe(true);
    this.gave.push(id);
  }

  /** The process dies and starts again with what it had stored; `forgotten` inbound numbers had not been written. */
  crash(forgotten: number): void {
    this.nextIn = Math.max(1, this.nextIn - forgotten);
    this.current = this.#open();
  }

  override send(bytes: Uint8Array, from: number, to: number): void {
    this.wire = Buffer.concat([this.wire, bytes.subarray(from, to)]);
  }
  override persistExpected(nextIn: number): void {
    this.nextIn = nextIn;
  }
  override deliver(message: MessageView): null {
    const id = message.string(148) ?? '?';
    // What was processed before a crash comes again as PossDup: the application has its number already.
    if (!(message.possDup && this.got.includes(id))) this.got.push(id);
    return null;
  }
  override disconnect(): void {
    this.connected = false;
  }
}

class Pair {
  readonly a = new Side('A', 'B');
  readonly b = new Side('B', 'A');
  readonly clock = new SessionRig();

  connect(): void {
    if (this.a.connected || this.b.connected) return;
    for (const side of [this.a, this.b]) {
      side.wire = Buffer.alloc(0);
      side.connected = true;
      side.current.connected(this.clock.now);
    }
  }

  /** The link breaks: what is on the wire is lost. */
  cut(): void {
    for (const side of [this.a, this.b]) {
      side.wire = Buffer.alloc(0);
      side.connected = false;
      side.current.transportClosed();
    }
  }

  crash(side: Side, forgotten: number): void {
    this.cut();
    side.crash(forgotten);
  }

  /** At most `bytes` of what is on the wire arrive. */
  carry(from: Side, to: Side, bytes: number): void {
    const chunk = from.wire.subarray(0, bytes);
    from.wire = Buffer.from(from.wire.subarray(bytes));
    if (to.connected && chunk.length > 0) to.current.receive(chunk, 0, chunk.length, this.clock.now);
    this.hangUp();
  }

  /** One side ended the connection: the other one sees it. */
  hangUp(): void {
    if (this.a.connected !== this.b.connected) this.cut();
  }

  /** Spoils a byte that is on the wire. One at a time: two errors may cancel out in the CheckSum, and no session layer could tell. */
  corrupt(side: Side, at: number): void {
    if (side.wire.length > 0 && !side.wire.includes(0xff)) side.wire[at % side.wire.length] = 0xff;
  }

  pass(ms: number): void {
    const end = this.clock.monoMs + ms;
    for (;;) {
      const due = Math.min(this.a.current.nextDeadlineMs, this.b.current.nextDeadlineMs);
      if (due > end) break;
      this.clock.pass(Math.max(0, due - this.clock.monoMs));
      for (const side of [this.a, this.b]) side.current.onDeadline(this.clock.now);
      this.hangUp();
      this.settle();
    }
    this.clock.pass(end - this.clock.monoMs);
  }

  settle(): void {
    for (let n = 0; n < 1000 && this.a.wire.length + this.b.wire.length > 0; n += 1) {
      this.carry(this.a, this.b, this.a.wire.length);
      this.carry(this.b, this.a, this.b.wire.length);
    }
    expect(this.a.wire.length + this.b.wire.length).toBe(0);
  }

  get converged(): boolean {
    const sides = [this.a, this.b];
    return (
      sides.every((side) => side.current.state === 'active' && side.current.gap === null) &&
      this.a.current.nextIn === this.b.current.nextOut &&
      this.b.current.nextIn === this.a.current.nextOut
    );
  }
}

type Step = (pair: Pair) => void;

const side = fc.constantFrom('a' as const, 'b' as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: side.map((s) => (pair: Pair) => pair[s].give(pair.clock)) },
  {
    weight: 8,
    arbitrary: fc.tuple(side, fc.integer({ min: 1, max: 400 })).map(
      ([s, n]) =>
        (pair: Pair) =>
          pair.carry(pair[s], s === 'a' ? pair.b : pair.a, n),
    ),
  },
  { weight: 3, arbitrary: fc.constant((pair: Pair) => pair.connect()) },
  { weight: 2, arbitrary: fc.constant((pair: Pair) => pair.settle()) },
  { weight: 1, arbitrary: fc.constant((pair: Pair) => pair.cut()) },
  {
    weight: 1,
    arbitrary: fc.tuple(side, fc.nat(3)).map(
      ([s, n]) =>
        (pair: Pair) =>
          pair.crash(pair[s], n),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(side, fc.nat(5000)).map(
      ([s, at]) =>
        (pair: Pair) =>
          pair.corrupt(pair[s], at),
    ),
  },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 40_000 }).map((ms) => (pair: Pair) => pair.pass(ms)) },
);

describe('two of our own sessions', () => {
  it('converge after any loss, corruption, reconnect and crash: every message once and in order', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 40, maxLength: 200, size: 'max' }), (steps) => {
        const pair = new Pair();
        const highest = { a: 0, b: 0 };
        for (const act of steps) {
          act(pair);
          for (const s of ['a', 'b'] as const) {
            expect(pair[s].current.nextOut).toBeGreaterThanOrEqual(highest[s]);
            highest[s] = pair[s].current.nextOut;
            expect(pair[s].got).toEqual(pair[s === 'a' ? 'b' : 'a'].gave.slice(0, pair[s].got.length));
          }
        }
        for (let round = 0; round < 30 && !pair.converged; round += 1) {
          pair.connect();
          pair.settle();
          pair.pass(31_000);
        }
        expect(pair.converged).toBe(true);
        expect(pair.a.got).toEqual(pair.b.gave);
        expect(pair.b.got).toEqual(pair.a.gave);
      }),
      { numRuns: 200 },
    );
  }, 60_000);
});
