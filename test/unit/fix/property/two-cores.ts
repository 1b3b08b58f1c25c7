import { fix44 } from '../../../../main/fix/codec/fix44.ts';
import type { Instant } from '../../../../main/fix/session/instant.ts';
import { Session } from '../../../../main/fix/session/session.ts';
import { MemoryPort } from '../../../support/script-memory-port.ts';
import { fieldValue } from '../../../support/script-message.ts';
import { queueingSettings, START_MS } from './settings.ts';

/** A memory port whose transport can be made to take nothing for a while. */
class PacedPort extends MemoryPort {
  open = true;
  override writable(): boolean {
    return this.open;
  }
}

/** One of two cores: its session, what is on the wire from it, and what its application has sent and got. */
class Side {
  readonly port = new PacedPort();
  readonly sent: string[] = [];
  session: Session;
  /** Bytes on their way to the other side. */
  wire = '';
  /** It has ended the connection itself. */
  hungUp = false;
  #lowestIn = 1;
  #lowestOut = 1;
  readonly #name: string;
  readonly #other: string;

  constructor(name: string, other: string) {
    this.#name = name;
    this.#other = other;
    this.session = this.#open();
  }

  #open(): Session {
    return new Session(queueingSettings(this.#name, this.#other), fix44(), this.port, this.port.numbers);
  }

  /** The process dies: what the port has stored is all that is left. */
  crash(): void {
    this.port.heard.length = 0;
    this.port.open = true;
    this.wire = '';
    this.session = this.#open();
  }

  send(now: Instant): void {
    const text = `${this.#name}-${this.sent.length + 1}`;
    const sent = this.session.send(
      'h',
      [
        [336, 'FX'],
        [340, '2'],
        [58, text],
      ],
      now,
    );
    if (!sent.ok) throw new Error(`${this.#name} could not send: ${sent.error}`);
    this.sent.push(text);
  }

  /** Moves what the session gave to its port onto the wire. */
  collect(): void {
    for (const heard of this.port.heard.splice(0)) {
      if (heard.kind === 'message') this.wire += heard.wire;
      else this.hungUp = true;
    }
    const { nextIn, nextOut } = this.session;
    if (nextIn < this.#lowestIn || nextOut < this.#lowestOut) {
      throw new Error(`${this.#name}: numbers went back: in ${this.#lowestIn} → ${nextIn}, out ${this.#lowestOut} → ${nextOut}`);
    }
    this.#lowestIn = nextIn;
    this.#lowestOut = nextOut;
  }

  /** Text(58) of what the application got, oldest first. */
  get got(): string[] {
    return this.port.delivered.map((fields) => fieldValue(fields, 58) ?? '');
  }
}

/**
 * Two of our own cores on one wire. Both are initiators: each takes the other's Logon for the answer to its own, which is all that a
 * session needs of an acceptor.
 */
export class TwoCores {
  readonly left = new Side('LEFT', 'RIGHT');
  readonly right = new Side('RIGHT', 'LEFT');
  #connected = false;
  #elapsedMs = 0;

  get #now(): Instant {
    return { wallMs: START_MS + this.#elapsedMs, monoMs: this.#elapsedMs };
  }

  connect(): void {
    if (this.#connected) return;
    this.#connected = true;
    for (const side of [this.left, this.right]) {
      side.wire = '';
      side.port.open = true;
      side.session.connected(this.#now);
    }
    this.#collect();
  }

  /** The connection is gone, and with it what was on its way. */
  cut(): void {
    if (!this.#connected) return;
    this.#connected = false;
    for (const side of [this.left, this.right]) {
      side.session.transportClosed();
      side.wire = '';
      side.hungUp = false;
    }
  }

  crash(who: 'left' | 'right'): void {
    this[who].crash();
    this.cut();
  }

  send(who: 'left' | 'right', count: number): void {
    for (let n = 0; n < count; n += 1) this[who].send(this.#now);
    this.#collect();
  }

  /** Hands the first `bytes` bytes that are on their way from one side to the other. */
  carry(from: 'left' | 'right', bytes: number): void {
    const [source, sink] = from === 'left' ? [this.left, this.right] : [this.right, this.left];
    if (!this.#connected || source.wire === '') return;
    const chunk = Buffer.from(source.wire.slice(0, bytes), 'latin1');
    source.wire = source.wire.slice(bytes);
    sink.session.receive(chunk, 0, chunk.length, this.#now);
    this.#collect();
  }

  /** A side's transport takes nothing, or takes bytes again. */
  pace(who: 'left' | 'right', open: boolean): void {
    const { port, session } = this[who];
    port.open = open;
    if (open) session.drained(this.#now);
    this.#collect();
  }

  wait(ms: number): void {
    const end = this.#elapsedMs + ms;
    for (;;) {
      const due = Math.min(this.left.session.nextDeadlineMs, this.right.session.nextDeadlineMs);
      if (due > end) break;
      this.#elapsedMs = Math.max(this.#elapsedMs, due);
      for (const side of [this.left, this.right]) {
        if (side.session.nextDeadlineMs <= this.#elapsedMs) side.session.onDeadline(this.#now);
      }
      this.#collect();
    }
    this.#elapsedMs = end;
  }

  /** Everything now works: connects, carries and waits until both have all. Throws when they do not converge. */
  settle(): void {
    for (let round = 0; round < 100; round += 1) {
      this.connect();
      for (const who of ['left', 'right'] as const) if (!this[who].port.open) this.pace(who, true);
      for (let turn = 0; turn < 1000 && (this.left.wire !== '' || this.right.wire !== ''); turn += 1) {
        this.carry('left', Number.POSITIVE_INFINITY);
        this.carry('right', Number.POSITIVE_INFINITY);
      }
      if (this.#converged) return;
      this.wait(1_000);
    }
    const { left, right } = this;
    throw new Error(
      `no convergence: left got ${left.got.length} of ${right.sent.length}, right got ${right.got.length} of ${left.sent.length}; ` +
        `${left.session.state} in ${left.session.nextIn} out ${left.session.nextOut}, ` +
        `${right.session.state} in ${right.session.nextIn} out ${right.session.nextOut}`,
    );
  }

  get #converged(): boolean {
    const { left, right } = this;
    return (
      left.session.state === 'active' &&
      right.session.state === 'active' &&
      left.session.nextIn === right.session.nextOut &&
      right.session.nextIn === left.session.nextOut &&
      left.wire === '' &&
      right.wire === ''
    );
  }

  #collect(): void {
    this.left.collect();
    this.right.collect();
    if (this.#connected && (this.left.hungUp || this.right.hungUp)) {
      // What was said before hanging up still arrives.
      for (const [source, sink] of [
        [this.left, this.right],
        [this.right, this.left],
      ] as const) {
        if (!source.hungUp || source.wire === '') continue;
        const rest = Buffer.from(source.wire, 'latin1');
        source.wire = '';
        sink.session.receive(rest, 0, rest.length, this.#now);
      }
      this.cut();
      this.left.collect();
      this.right.collect();
      this.left.hungUp = false;
      this.right.hungUp = false;
    }
  }
}
