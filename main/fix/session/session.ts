import type { Dictionary } from '../codec/dictionary.ts';
import { EncodeError } from '../codec/encode.ts';
import { Framer } from '../codec/framer.ts';
import type { Garbled } from '../codec/garbled.ts';
import { MessageView } from '../codec/message-view.ts';
import { msgTypeString } from '../codec/msg-type.ts';
import { SessionContext, type State, type StateName } from './context.ts';
import type { Disconnect } from './disconnect.ts';
import { answerPassedOver, takeInOrder } from './in-session.ts';
import type { Instant } from './instant.ts';
import { sendLogon } from './logon.ts';
import { askAgain, logOut, setNumbers, startAgain, testNow } from './operator.ts';
import type { Port } from './port.ts';
import { isReject } from './rejects.ts';
import { mayCarrySecret } from './secrets.ts';
import { type Sent, sendApplication, sendBodyOf } from './sending.ts';
import type { SessionSettings } from './settings.ts';
import { Active } from './states/active.ts';
import { AwaitingLogon } from './states/awaiting-logon.ts';
import { CLOSED, close } from './states/closed.ts';
import { endAsTooLarge } from './too-large.ts';

/** A peer that asks and asks without reading our answers does not read: 4 MiB. */
const MAX_OWN_HELD_BYTES = 4 * 1024 * 1024;

/** Where a session starts from: what its store holds. */
export interface SessionNumbers {
  readonly nextIn: number;
  readonly nextOut: number;
  readonly resetPending: boolean;
}

/**
 * A FIX 4.4 session as initiator. Bytes and time come in by these methods, everything else goes out by the port; it has no clock, timer
 * or I/O of its own. The shell calls `onDeadline` when the monotonic clock reaches `nextDeadlineMs`. No method throws on what a peer sends.
 */
export class Session {
  readonly #context: SessionContext;
  #framer: Framer;
  #heldView: MessageView;
  /** Of framers before this one. */
  #garbledBefore = 0;
  #garbledSeen = 0;
  #lastInType = 0;

  constructor(settings: SessionSettings, dictionary: Dictionary, port: Port, numbers: SessionNumbers, initial: State = CLOSED) {
    this.#framer = new Framer(dictionary, settings.maxMessageBytes);
    this.#heldView = new MessageView(dictionary);
    this.#context = new SessionContext(settings, dictionary, port, numbers, initial, this.#framer.view);
  }

  get state(): StateName {
    return this.#context.state.name;
  }
  get nextIn(): number {
    return this.#context.nextIn;
  }
  get nextOut(): number {
    return this.#context.outbound.nextOut;
  }
  /** The gap that is being filled, as found: first and last missing MsgSeqNum; null when there is none. */
  get gap(): { readonly from: number; readonly to: number } | null {
    const { open, from, to } = this.#context.gap;
    return open ? { from, to } : null;
  }
  /** Why the session ends by itself, from the moment that it is known until the connection has ended; else null. */
  get leaving(): Disconnect | null {
    return this.#context.state.leaving ?? null;
  }
  get messagesIn(): number {
    return this.#context.counts.messagesIn;
  }
  get messagesOut(): number {
    return this.#context.outbound.messages;
  }
  get rejects(): number {
    return this.#context.counts.rejects;
  }
  get garbled(): number {
    return this.#garbledBefore + this.#framer.garbledCount;
  }
  /** How long the peer has sent nothing, ms, while our TestRequest for that is unanswered; else null. */
  silentMs(monoMs: number): number | null {
    const { state, lastReceivedMs } = this.#context;
    return state instanceof Active && state.silent ? monoMs - lastReceivedMs : null;
  }
  get roundTripMs(): number | null {
    return this.#context.roundTripMs;
  }
  get lastMsgTypeIn(): string | null {
    return this.#lastInType === 0 ? null : msgTypeString(this.#lastInType);
  }
  get lastMsgTypeOut(): string | null {
    return this.#context.outbound.lastMsgType;
  }
  /** Monotonic ms at which `onDeadline` must be called; Infinity for never. */
  get nextDeadlineMs(): number {
    return this.#context.state.deadlineMs(this.#context);
  }

  /** Settings for the connections to come. Only while closed. */
  configure(settings: SessionSettings, dictionary: Dictionary): void {
    if (dictionary !== this.#context.dictionary || settings.maxMessageBytes !== this.#context.settings.maxMessageBytes) {
      this.#garbledBefore += this.#framer.garbledCount;
      this.#garbledSeen = 0;
      this.#framer = new Framer(dictionary, settings.maxMessageBytes);
      this.#heldView = new MessageView(dictionary);
    }
    this.#context.configure(settings, dictionary);
  }

  /** The transport is up: sends the Logon. */
  connected(now: Instant): void {
    const context = this.#context;
    this.#framer.reset();
    context.forgetTransfers();
    context.lastReceivedMs = now.monoMs;
    context.resetSent = context.settings.resetOnLogon || context.resetPending;
    if (context.resetSent) {
      context.resetNumbers();
    }
    context.setState(new AwaitingLogon(now.monoMs + context.settings.logonTimeoutMs));
    try {
      sendLogon(context, context.resetSent, now);
    } catch (error) {
      if (!(error instanceof EncodeError)) throw error;
      close(context, { code: 'config-invalid', detail: `Logon: ${error.message}` });
      return;
    }
    // Nothing else before the answer.
    context.outbound.hold();
    context.port.signal('logon-sent');
  }

  /** Bytes chunk[start, end) from the transport. */
  receive(chunk: Uint8Array, start: number, end: number, now: Instant): void {
    const context = this.#context;
    const framer = this.#framer;
    framer.append(chunk, start, end);
    while (context.state !== CLOSED && framer.next()) {
      if (framer.tooLarge !== null && endAsTooLarge(context, framer.tooLarge, now)) break;
      const { view } = framer;
      context.view = view;
      this.#log(view);
      context.counts.messagesIn += 1;
      context.lastReceivedMs = now.monoMs;
      this.#lastInType = view.msgTypeCode;
      if (isReject(view)) context.counts.rejects += 1;
      context.state.onMessage(context, now);
      if (context.held.size > 0 || context.passedOver.length > 0) this.#takeHeld(now);
    }
    if (framer.tooLarge !== null) endAsTooLarge(context, framer.tooLarge, now);
    if (framer.garbledCount !== this.#garbledSeen) this.#noteGarbled(now);
    const { ownHeldBytes } = context.outbound;
    if (ownHeldBytes > MAX_OWN_HELD_BYTES) close(context, { code: 'slow-consumer', detail: `${ownHeldBytes} bytes wait` });
    this.#persist();
  }

  #takeHeld(now: Instant): void {
    const context = this.#context;
    while (context.state !== CLOSED && context.state.name !== 'expelling') {
      const passedOver = context.passedOver.shift();
      const frame = passedOver ?? context.held.take(context.nextIn);
      if (frame === null) return;
      this.#heldView.parse(frame, 0, frame.length);
      context.view = this.#heldView;
      if (passedOver === undefined) takeInOrder(context, now);
      else answerPassedOver(context, now);
    }
  }

  #persist(): void {
    const context = this.#context;
    if (context.nextIn === context.storedIn) return;
    context.storedIn = context.nextIn;
    context.port.persistExpected(context.nextIn);
  }

  #log(view: MessageView): void {
    const { buffer, start, end } = view;
    if (!mayCarrySecret(view)) {
      this.#context.port.log('in', buffer, start, end);
      return;
    }
    const masked = this.#context.secrets.masked(view);
    this.#context.port.log('in', masked, 0, masked.length);
  }

  #noteGarbled(now: Instant): void {
    const context = this.#context;
    const more = this.#framer.garbledCount - this.#garbledSeen - 1;
    this.#garbledSeen = this.#framer.garbledCount;
    const garbled = this.#framer.lastGarbled;
    if (garbled === null) return;
    context.noteState(
      'Garbled',
      'attention',
      `${more > 0 ? `${more + 1} garbled messages, the last: ` : ''}${garbled.text}: ${garbled.excerpt}`,
    );
    if (context.state instanceof AwaitingLogon && isLogon(garbled)) context.state.onGarbledLogon(context, garbled.text, now);
  }

  onDeadline(now: Instant): void {
    const context = this.#context;
    if (now.monoMs >= context.state.deadlineMs(context)) context.state.onDeadline(context, now);
    this.#persist();
  }

  /**
   * The transport is gone without our asking.
   *
   * @returns the session's own reason, when it has one that says more than the transport's; asked: the Logout that was asked for is done
   */
  transportClosed(): { readonly reason: Disconnect | null; readonly asked: boolean } {
    const context = this.#context;
    const end = context.state.onTransportClosed(context);
    context.setState(CLOSED);
    context.forgetTransfers();
    context.testRequest = null;
    return end;
  }

  /** The transport takes bytes again: goes on with a resend that waits. */
  drained(now: Instant): void {
    const { state, resends } = this.#context;
    if (state !== CLOSED && state.name !== 'awaiting-logon') resends.pump(now);
  }

  /** Kill switch: no application message goes out from now on, neither new nor again. */
  blockOutbound(): void {
    this.#context.outbound.blocked = true;
  }

  /**
   * An application message: body fields in order, [tag, value]. While not logged on it is stored and numbered, and reaches the peer by
   * the resend that it will ask for (`whenDisconnected: queue`), or it is refused; it is never silently lost.
   */
  send(msgType: string, fields: readonly (readonly [number, string])[], now: Instant): Sent {
    return sendApplication(this.#context, msgType, fields, now);
  }

  /** An application message with MsgType and body of another, fields in their order. */
  sendBodyOf(view: MessageView, now: Instant): Sent {
    return sendBodyOf(this.#context, view, now);
  }

  /** Logs out and ends the connection; `Port.disconnect(null, …)` follows, at once when nobody is logged on. Text for the peer's 58. */
  logout(text: string | null, now: Instant): void {
    logOut(this.#context, text, now);
  }

  /** The operator's numbers, taken as set; null leaves a number as it is. */
  setNumbers(nextIn: number | null, nextOut: number | null): void {
    setNumbers(this.#context, nextIn, nextOut);
    this.#persist();
  }

  /** Both numbers start again at 1 with the next Logon, which carries 141=Y; at once when not connected. */
  reset(): void {
    startAgain(this.#context);
  }

  testRequest(now: Instant): Sent {
    return testNow(this.#context, now);
  }

  /** Asks for `from` and all that followed once more; the application gets them again, as PossDup. */
  requestResend(from: number, now: Instant): Sent {
    const asked = askAgain(this.#context, from, now);
    this.#persist();
    return asked;
  }
}

function isLogon(garbled: Garbled): boolean {
  return garbled.excerpt.includes('|35=A|');
}
