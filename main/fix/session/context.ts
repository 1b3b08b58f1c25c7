import { ascii } from '../codec/ascii.ts';
import type { Dictionary } from '../codec/dictionary.ts';
import type { MessageView } from '../codec/message-view.ts';
import type { Disconnect } from './disconnect.ts';
import { HeldMessages } from './held-messages.ts';
import { InboundGap } from './inbound-gap.ts';
import type { Instant } from './instant.ts';
import { Outbound } from './outbound.ts';
import type { Note, Port } from './port.ts';
import { ResendQueue } from './resend-queue.ts';
import { Secrets } from './secrets.ts';
import type { SessionSettings } from './settings.ts';

export type StateName =
  | 'closed'
  | 'awaiting-logon'
  | 'active'
  | 'awaiting-logout'
  | 'confirming-logout'
  | 'awaiting-disconnect'
  | 'expelling';

/** One state of the session. A state holds what only it needs; what outlives it is in the context. */
export interface State {
  readonly name: StateName;
  /** Why the session ends by itself, in a state that waits for nothing but that end. */
  readonly leaving?: Disconnect;
  /** The message in `context.view` is a good frame; nothing else is known about it. */
  onMessage(context: SessionContext, now: Instant): void;
  /**
   * A Logout(5) that is no duplicate: when it comes, valid or not, and once more when one that came early has its turn.
   *
   * @param fault what makes it no message of this session, so that its number says nothing; null for any other
   */
  onLogout(context: SessionContext, now: Instant, fault: string | null): void;
  /** Monotonic ms at which `onDeadline` is due; Infinity for never. */
  deadlineMs(context: SessionContext): number;
  onDeadline(context: SessionContext, now: Instant): void;
  /** The transport is gone. Null: without a reason of the state's own, the transport's holds. */
  onTransportClosed(context: SessionContext): { readonly reason: Disconnect | null; readonly asked: boolean };
}

/** Counts since construction, for the operator's screen. */
export interface SessionCounts {
  messagesIn: number;
  /** Reject(3) and BusinessMessageReject(j), sent and received. */
  rejects: number;
}

/** What the states share. Only `setState` changes the state. */
export class SessionContext {
  readonly port: Port;
  settings: SessionSettings;
  dictionary: Dictionary;
  /** The message at hand. */
  view: MessageView;
  /** BeginString and CompIDs that the peer's messages must carry. */
  expectedIds: { readonly beginString: Uint8Array; readonly sender: Uint8Array; readonly target: Uint8Array };
  secrets: Secrets;
  readonly outbound: Outbound;
  readonly resends: ResendQueue;
  readonly held = new HeldMessages();
  /** Held messages whose numbers a GapFill has used up, until they have been looked at for what must be answered all the same. */
  readonly passedOver: Buffer[] = [];
  readonly gap = new InboundGap();
  readonly counts: SessionCounts = { messagesIn: 0, rejects: 0 };
  supported: ReadonlySet<string> | null = null;
  /** Next expected inbound MsgSeqNum. */
  nextIn: number;
  /** The same as the store has it: what a crash goes back to. */
  storedIn: number;
  /** The numbers are to start again: 141=Y on every Logon until one of those has been accepted. */
  resetPending: boolean;
  /** Our last Logon carried 141=Y. */
  resetSent = false;
  /** Monotonic ms of the resets that the peer has lately asked for on a live session, on this connection or before. */
  readonly liveResetsMs: number[] = [];
  /** The first number that the peer's Logon asked for by 789, and that Logon's own number; null when it asked for nothing. */
  askedByLogon: { readonly from: number; readonly logonSeqNum: number } | null = null;
  /** Monotonic ms of the last good message. */
  lastReceivedMs = 0;
  /** Our last TestRequest that is unanswered: its id and when it was sent. */
  testRequest: { readonly id: string; readonly sentMs: number } | null = null;
  /** Round trip of the last answered TestRequest, ms. */
  roundTripMs: number | null = null;
  #testRequests = 0;
  /** The last NewPassword(925) that the peer has accepted; settings that have it still to be changed are out of date. */
  #acceptedPassword: string | null = null;
  #state: State;

  constructor(
    settings: SessionSettings,
    dictionary: Dictionary,
    port: Port,
    numbers: { readonly nextIn: number; readonly nextOut: number; readonly resetPending: boolean },
    initial: State,
    view: MessageView,
  ) {
    this.port = port;
    this.settings = settings;
    this.dictionary = dictionary;
    this.view = view;
    this.outbound = new Outbound(settings, dictionary, port, numbers.nextOut);
    this.resends = new ResendQueue(port, this.outbound);
    this.nextIn = numbers.nextIn;
    this.storedIn = numbers.nextIn;
    this.resetPending = numbers.resetPending;
    this.expectedIds = idsOf(settings, dictionary);
    this.secrets = new Secrets(settings);
    this.#state = initial;
    this.#adopt(settings);
  }

  get state(): State {
    return this.#state;
  }

  /** The only door from one state to another. */
  setState(state: State): void {
    const before = this.#state.leaving;
    this.#state = state;
    if (state.leaving !== undefined && state.leaving !== before) this.port.signal('leaving');
  }

  configure(settings: SessionSettings, dictionary: Dictionary): void {
    this.settings = withAccepted(settings, this.#acceptedPassword);
    this.dictionary = dictionary;
    this.expectedIds = idsOf(settings, dictionary);
    this.secrets = new Secrets(settings);
    this.outbound.configure(settings, dictionary);
    this.#adopt(settings);
  }

  #adopt(settings: SessionSettings): void {
    this.supported = settings.supportedMsgTypes === null ? null : new Set(settings.supportedMsgTypes);
    this.resends.neverResend = new Set(settings.neverResendMsgTypes);
  }

  /** The peer has accepted our Logon, and with it the NewPassword(925) that it carried: any Logon from now on has it for its password. */
  logonAccepted(): void {
    this.#acceptedPassword = this.settings.newPassword ?? this.#acceptedPassword;
    this.settings = withAccepted(this.settings, this.#acceptedPassword);
  }

  get heartbeatMs(): number {
    return this.settings.heartBtInt * 1000;
  }

  /** Silence after which a TestRequest goes out, and after which its answer is overdue. */
  get silenceMs(): number {
    return this.heartbeatMs * (1 + this.settings.testRequestThreshold);
  }

  /** Raises the expected number; a gap that this fills is closed. */
  advanceTo(nextIn: number, now: Instant): void {
    if (this.held.size > 0) {
      if (nextIn === this.nextIn + 1) this.held.take(this.nextIn);
      else this.passedOver.push(...this.held.dropBelow(nextIn));
    }
    this.nextIn = nextIn;
    if (this.gap.open && this.gap.progress(nextIn, now.monoMs)) this.port.signal('recovered');
  }

  /** The peer's numbers go on from here, as a new numbering: what is missing, and what came early, was of the old one. */
  renumberInbound(nextIn: number): void {
    this.held.clear();
    if (this.gap.open) {
      this.gap.close();
      this.port.signal('recovered');
    }
    this.nextIn = nextIn;
  }

  setResetPending(pending: boolean): void {
    this.resetPending = pending;
    this.port.persistResetPending(pending);
  }

  /** Our messages go on from here, as a new numbering: what was to be sent again, or waits, was of the old one. */
  renumberOutbound(nextOut: number): void {
    const { queued } = this.outbound;
    const lost = [...queued].filter((seqNum) => seqNum >= nextOut);
    if (lost.length > 0) {
      // Sent under new numbers they would look fresh, which an order that has waited is not (scenario 16: never silently lost).
      const what = lost.length === 1 ? 'One queued application message is' : `${lost.length} queued application messages are`;
      this.noteState(
        'SequenceReset',
        'alarm',
        `${what} not sent: the sequence numbers start again at ${nextOut}, the old store keeps them`,
      );
      for (const seqNum of lost) queued.delete(seqNum);
    }
    this.outbound.nextOut = nextOut;
    this.resends.clear();
  }

  /** Both numbers to 1, nothing is missing, nothing is waiting; the store is kept aside. */
  resetNumbers(): void {
    this.port.resetStore();
    this.renumberInbound(1);
    this.storedIn = 1;
    this.renumberOutbound(1);
  }

  /** What ends with a connection: gaps, early messages, resends in progress. */
  forgetTransfers(): void {
    this.held.clear();
    this.passedOver.length = 0;
    this.gap.close();
    this.resends.clear();
    this.askedByLogon = null;
  }

  sendTestRequest(now: Instant): number {
    this.#testRequests += 1;
    const id = `TEST-${this.#testRequests}`;
    this.testRequest = { id, sentMs: now.monoMs };
    this.outbound.begin('1', now).string(112, id);
    const seqNum = this.outbound.commitAdmin(now);
    this.noteOut('TestRequest', 'info', `TestRequest ${id}`, seqNum);
    return seqNum;
  }

  sendLogout(text: string | null, now: Instant): void {
    const encoder = this.outbound.begin('5', now);
    if (text !== null && text !== '') encoder.string(58, text.replaceAll('\u0001', ' '));
    const seqNum = this.outbound.commitAdmin(now);
    this.noteOut('Logout', 'info', text === null ? 'Logout' : `Logout: ${text}`, seqNum);
  }

  noteIn(event: Note['event'], level: Note['level'], text: string): void {
    this.port.note({ event, level, direction: 'in', text, seqIn: this.view.msgSeqNum, seqOut: null });
  }

  noteOut(event: Note['event'], level: Note['level'], text: string, seqNum: number): void {
    this.port.note({ event, level, direction: 'out', text, seqIn: null, seqOut: seqNum });
  }

  noteState(event: Note['event'], level: Note['level'], text: string): void {
    this.port.note({ event, level, direction: null, text, seqIn: this.nextIn, seqOut: this.outbound.nextOut });
  }
}

function withAccepted(settings: SessionSettings, accepted: string | null): SessionSettings {
  const { newPassword } = settings;
  return newPassword === null || newPassword !== accepted ? settings : { ...settings, password: newPassword, newPassword: null };
}

function idsOf(settings: SessionSettings, dictionary: Dictionary): SessionContext['expectedIds'] {
  return {
    beginString: ascii(dictionary.beginString),
    sender: ascii(settings.targetCompId),
    target: ascii(settings.senderCompId),
  };
}
