import { fix44 } from '../../../../main/fix/codec/fix44.ts';
import type { Instant } from '../../../../main/fix/session/instant.ts';
import { Session } from '../../../../main/fix/session/session.ts';
import { MemoryPort } from '../../../support/script-memory-port.ts';
import { buildMessage, type Field, fieldValue, readFields, readMessage, utcTimestamp } from '../../../support/script-message.ts';
import { queueingSettings, START_MS } from './settings.ts';

/** A memory port that remembers every expected number that was written, for a crash that loses the last of them. */
class RememberingPort extends MemoryPort {
  readonly written: number[] = [1];
  override persistExpected(nextIn: number): void {
    super.persistExpected(nextIn);
    this.written.push(nextIn);
  }
}

interface Sent {
  /** Null for an administrative message. */
  readonly text: string | null;
  readonly time: string;
}

/** A session of ours and a plain model of its counterparty, with a line between them on which single messages can be lost or doubled. */
export class FaultyPeer {
  readonly port = new RememberingPort();
  session: Session;
  /** Text(58) of the application messages that the peer has sent. */
  readonly texts: string[] = [];
  /** How many of `texts` were said before the numbers were last reset. */
  beforeReset = 0;
  /** By MsgSeqNum − 1. */
  #sent: Sent[] = [];
  /** On its way to us. */
  #line: string[] = [];
  #connected = false;
  #elapsedMs = 0;
  #highestIn = 1;
  /** Our next Logon with 141=Y answers the peer's. */
  #answersReset = false;

  constructor() {
    this.session = this.#open();
  }

  #open(): Session {
    return new Session(queueingSettings('VFXLP', 'LP'), fix44(), this.port, this.port.numbers);
  }

  get #now(): Instant {
    return { wallMs: START_MS + this.#elapsedMs, monoMs: this.#elapsedMs };
  }

  get waiting(): number {
    return this.#line.length;
  }

  connect(): void {
    if (this.#connected) return;
    this.#connected = true;
    this.#line = [];
    this.session.connected(this.#now);
    this.#hear();
  }

  cut(): void {
    if (!this.#connected) return;
    this.#connected = false;
    this.#answersReset = false;
    this.#line = [];
    this.session.transportClosed();
  }

  /** @param stale whether the last expected number that was written is lost too */
  crash(stale: boolean): void {
    this.port.heard.length = 0;
    if (stale) {
      this.port.written.pop();
      this.port.nextIn = this.port.written.at(-1) ?? 1;
      this.#highestIn = this.port.nextIn;
    }
    this.session = this.#open();
    this.#connected = false;
    this.#answersReset = false;
    this.#line = [];
  }

  /** The peer sends an application message; while there is no connection it is only kept. */
  say(): void {
    const text = `m${this.texts.length + 1}`;
    this.texts.push(text);
    this.#send(
      [
        [35, 'h'],
        [336, 'FX'],
        [340, '2'],
        [58, text],
      ],
      text,
    );
  }

  /** The operator asks for a reset: 141=Y on the next Logon. */
  reset(): void {
    this.session.reset();
    if (!this.#connected) this.#highestIn = 1;
  }

  /** The peer resets on the live session, after all that is on the line. */
  peerReset(): void {
    this.#carryAll();
    if (!this.#connected || this.session.state !== 'active') return;
    this.#startAgain();
    this.#send(readFields('35=A|98=0|108=30|141=Y'), null);
    this.#highestIn = 1;
    this.#answersReset = true;
    // A Logon that resets and is lost leaves two parties who disagree for good, and only people can help them.
    this.#carryAll();
  }

  #carryAll(): void {
    for (let n = 0; n < 5_000 && this.#line.length > 0; n += 1) this.carry(1);
  }

  #startAgain(): void {
    this.#sent = [];
    this.beforeReset = this.texts.length;
  }

  beat(): void {
    if (this.#connected) this.#send([[35, '0']], null);
  }

  /** Hands over the next messages on the line. */
  carry(count: number): void {
    for (let n = 0; n < count && this.#connected; n += 1) {
      const wire = this.#line.shift();
      if (wire === undefined) return;
      const bytes = Buffer.from(wire, 'latin1');
      this.session.receive(bytes, 0, bytes.length, this.#now);
      this.#hear();
    }
  }

  lose(at: number): void {
    if (this.#line.length > 0) this.#line.splice(at % this.#line.length, 1);
  }

  /** Sends a message that was sent before once more, as a possible duplicate. */
  double(at: number): void {
    if (this.#connected && this.#sent.length > 0) this.#resend((at % this.#sent.length) + 1);
  }

  wait(ms: number): void {
    const end = this.#elapsedMs + ms;
    while (this.session.nextDeadlineMs <= end) {
      this.#elapsedMs = Math.max(this.#elapsedMs, this.session.nextDeadlineMs);
      this.session.onDeadline(this.#now);
      this.#hear();
    }
    this.#elapsedMs = end;
  }

  /** Nothing goes wrong any more. Throws when we do not get everything. */
  settle(): void {
    for (let round = 0; round < 60; round += 1) {
      this.connect();
      this.beat();
      this.#carryAll();
      if (this.session.state === 'active' && this.session.nextIn === this.#sent.length + 1) return;
      this.wait(5_000);
    }
    throw new Error(`no convergence: ${this.session.state}, expecting ${this.session.nextIn} of ${this.#sent.length}`);
  }

  /** What the application got: Text(58) and whether it was marked PossDup, oldest first. */
  get got(): { readonly text: string; readonly possDup: boolean }[] {
    return this.port.delivered.map((fields) => ({
      text: fieldValue(fields, 58) ?? '',
      possDup: fieldValue(fields, 43) === 'Y',
    }));
  }

  #send(body: Field[], text: string | null): void {
    const time = utcTimestamp(START_MS + this.#elapsedMs);
    this.#sent.push({ text, time });
    if (this.#connected) this.#put([...body, [34, String(this.#sent.length)]], time);
  }

  #put(fields: readonly Field[], sendingTime: string): void {
    this.#line.push(buildMessage(fields, { sender: 'LP', target: 'VFXLP', sendingTime }));
  }

  #resend(seqNum: number): void {
    const sent = this.#sent[seqNum - 1];
    const now = utcTimestamp(START_MS + this.#elapsedMs);
    if (sent === undefined) return;
    const dup: Field[] = [
      [34, String(seqNum)],
      [43, 'Y'],
      [122, sent.time],
    ];
    if (sent.text === null) this.#put([[35, '4'], ...dup, [123, 'Y'], [36, String(seqNum + 1)]], now);
    else this.#put([[35, 'h'], ...dup, [336, 'FX'], [340, '2'], [58, sent.text]], now);
  }

  /** The peer reads what we sent and reacts. */
  #hear(): void {
    for (const heard of this.port.heard.splice(0)) {
      if (heard.kind !== 'message') {
        this.cut();
        return;
      }
      const fields = readMessage(heard.wire);
      switch (fieldValue(fields, 35)) {
        case 'A': {
          const reset = fieldValue(fields, 141) === 'Y';
          if (reset) this.#highestIn = 1;
          if (reset && this.#answersReset) {
            this.#answersReset = false;
            break;
          }
          if (reset) this.#startAgain();
          this.#send(readFields(`35=A|98=0|108=30${reset ? '|141=Y' : ''}`), null);
          break;
        }
        case '1':
          this.#send(
            [
              [35, '0'],
              [112, fieldValue(fields, 112) ?? ''],
            ],
            null,
          );
          break;
        case '2': {
          const from = Number(fieldValue(fields, 7));
          const last = this.#sent.length;
          for (let seqNum = from; seqNum <= last; seqNum += 1) this.#resend(seqNum);
          break;
        }
        case '5':
          this.#send([[35, '5']], null);
          break;
        default:
          // Nothing else is answered.
          break;
      }
    }
    if (this.session.nextIn < this.#highestIn)
      throw new Error(`the expected number went back from ${this.#highestIn} to ${this.session.nextIn}`);
    this.#highestIn = this.session.nextIn;
  }
}
