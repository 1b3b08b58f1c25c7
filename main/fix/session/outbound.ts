import type { Dictionary } from '../codec/dictionary.ts';
import { Encoder, type HeaderOptions } from '../codec/encode.ts';
import { maskSecrets, PASSWORDS, type SecretNeedles } from '../codec/mask-secrets.ts';
import { renewSendingTime } from '../codec/renew-sending-time.ts';
import type { Instant } from './instant.ts';
import type { Port } from './port.ts';
import { secretNeedles } from './secrets.ts';
import type { SessionSettings } from './settings.ts';

/** Waiting for longer than this, a message gets a new SendingTime when it is sent: well within what any peer tolerates. */
const RENEW_AFTER_MS = 10_000;
const GAP_FILL_HEADER = { possDup: { origSendingTimeMs: 0 } };

/**
 * Our side of the wire: numbers every message, has it stored, then logged and sent, in this order. New messages go out in the order of
 * their numbers: while one must wait, all that follow wait behind it, application messages in the store and the session's own here.
 */
export class Outbound {
  /** MsgSeqNum of our next message. */
  nextOut: number;
  /** Monotonic ms of the last message that was sent, or that waits to be. */
  lastSentMs = 0;
  /** No application message goes out any more, not even again (kill switch). */
  blocked = false;
  /** First message that has not been on the wire of this connection and will be; 0 when what is sent goes out at once. */
  #heldFrom = 0;
  /** The session's own messages that wait, by number: the store has nothing of them. */
  readonly #ownHeld = new Map<number, Buffer>();
  /** Bytes of those. */
  ownHeldBytes = 0;
  /** Application messages stored while they could not go out and never on the wire since; a reset of the numbers would lose them. */
  readonly queued = new Set<number>();
  /** Messages written since construction, and MsgType of the last new one. */
  messages = 0;
  lastMsgType: string | null = null;
  readonly #port: Port;
  #encoder: Encoder;
  /** A second buffer: a message is rewritten or gap-filled while the store's is being read. */
  #resendEncoder: Encoder;
  #logonSecrets: SecretNeedles;

  constructor(settings: SessionSettings, dictionary: Dictionary, port: Port, nextOut: number) {
    this.#port = port;
    this.nextOut = nextOut;
    this.#encoder = encoderFor(settings, dictionary);
    this.#resendEncoder = encoderFor(settings, dictionary);
    this.#logonSecrets = secretNeedles(settings);
  }

  configure(settings: SessionSettings, dictionary: Dictionary): void {
    this.#encoder = encoderFor(settings, dictionary);
    this.#resendEncoder = encoderFor(settings, dictionary);
    this.#logonSecrets = secretNeedles(settings);
  }

  /** Starts our next message; append its body, then call one of the `commit`s. */
  begin(msgType: string, now: Instant, options?: HeaderOptions): Encoder {
    this.lastMsgType = msgType;
    return this.#encoder.begin(msgType, this.nextOut, Math.floor(now.wallMs), options);
  }

  /** Sends what was begun as an administrative message: its number is used up, there is nothing to resend. */
  commitAdmin(now: Instant): number {
    const message = this.#encoder.finish();
    this.#port.store(message, 0, 0);
    if (this.holding) {
      this.#ownHeld.set(this.nextOut, Buffer.from(message));
      this.ownHeldBytes += message.length;
      this.lastSentMs = now.monoMs;
    } else {
      // Of what the session says by itself only the Logon has a secret.
      this.#write(message, 0, message.length, now, this.lastMsgType === 'A' ? this.#logonSecrets : null);
    }
    this.nextOut += 1;
    return this.nextOut - 1;
  }

  /** Stores what was begun as an application message, and sends it; not on this connection (if there is one) when `storeOnly`. */
  commitApplication(now: Instant, storeOnly: boolean): number {
    const message = this.#encoder.finish();
    this.#port.store(message, 0, message.length);
    if (storeOnly || this.holding) this.queued.add(this.nextOut);
    else this.#write(message, 0, message.length, now, PASSWORDS);
    this.nextOut += 1;
    return this.nextOut - 1;
  }

  /** Messages wait: what is committed now waits too. */
  get holding(): boolean {
    return this.#heldFrom !== 0;
  }

  /** The last message that has been on the wire, on this connection or before, or was passed over. */
  get lastSent(): number {
    return (this.holding ? this.#heldFrom : this.nextOut) - 1;
  }

  /** From now on messages wait until `release`. */
  hold(): void {
    if (!this.holding) this.#heldFrom = this.nextOut;
  }

  /** Sends what waits, as far as the transport takes it. */
  release(now: Instant): void {
    if (!this.holding) return;
    if (this.#heldFrom < this.nextOut) {
      this.#port.stored(this.#heldFrom, this.nextOut - 1, (seqNum, bytes, from, to) => {
        if (!this.#port.writable()) return false;
        this.#sendHeld(seqNum, bytes, from, to, now);
        this.#heldFrom = seqNum + 1;
        return true;
      });
    }
    if (this.#heldFrom >= this.nextOut) this.#heldFrom = 0;
  }

  /** Sends what waits of the session's own, whatever the transport says; application messages stay in the store. Nothing is held after it. */
  releaseOwn(now: Instant): void {
    for (const message of this.#ownHeld.values()) this.#writeHeld(message, now, false);
    this.forgetHeld();
  }

  /** What waits does not go out on this connection. */
  forgetHeld(): void {
    this.#heldFrom = 0;
    this.#ownHeld.clear();
    this.ownHeldBytes = 0;
  }

  #sendHeld(seqNum: number, bytes: Uint8Array, from: number, to: number, now: Instant): void {
    const own = this.#ownHeld.get(seqNum);
    if (own !== undefined) {
      this.#ownHeld.delete(seqNum);
      this.ownHeldBytes -= own.length;
      this.#writeHeld(own, now, false);
    } else if (from !== to && !this.blocked) {
      this.#writeHeld(Buffer.from(bytes.subarray(from, to)), now, true);
      this.queued.delete(seqNum);
    }
  }

  #writeHeld(message: Buffer, now: Instant, maySecret: boolean): void {
    renewSendingTime(message, Math.floor(now.wallMs), RENEW_AFTER_MS);
    this.#write(message, 0, message.length, now, maySecret ? PASSWORDS : null);
  }

  /** SequenceReset-GapFill over first … last. */
  gapFill(first: number, last: number, now: Instant): void {
    const wallMs = Math.floor(now.wallMs);
    GAP_FILL_HEADER.possDup.origSendingTimeMs = wallMs;
    const encoder = this.#resendEncoder.begin('4', first, wallMs, GAP_FILL_HEADER);
    const message = encoder
      .bool(123, true)
      .int(36, last + 1)
      .finish();
    this.#write(message, 0, message.length, now, null);
  }

  /** A stored message again, as PossDup. Not null: what is wrong with it, as after a crash of the machine; it was not sent. */
  resend(bytes: Uint8Array, from: number, to: number, now: Instant): string | null {
    let message: Buffer;
    try {
      message = this.#resendEncoder.resend(bytes, from, to, Math.floor(now.wallMs));
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    this.#write(message, 0, message.length, now, PASSWORDS);
    return null;
  }

  #write(bytes: Uint8Array, from: number, to: number, now: Instant, secrets: SecretNeedles | null): void {
    if (secrets !== null) {
      const masked = maskSecrets(bytes, from, to, secrets);
      this.#port.log('out', masked, 0, masked.length);
    } else {
      this.#port.log('out', bytes, from, to);
    }
    this.#port.send(bytes, from, to);
    this.lastSentMs = now.monoMs;
    this.messages += 1;
  }
}

function encoderFor(settings: SessionSettings, dictionary: Dictionary): Encoder {
  return new Encoder({
    beginString: dictionary.beginString,
    senderCompId: settings.senderCompId,
    targetCompId: settings.targetCompId,
    senderSubId: settings.senderSubId,
    targetSubId: settings.targetSubId,
  });
}
