import type { MessageView } from '../codec/message-view.ts';
import type { Disconnect } from './disconnect.ts';

/** A key event for the operator's timeline. */
export interface Note {
  readonly event:
    | 'Logon'
    | 'Logout'
    | 'Heartbeat'
    | 'TestRequest'
    | 'ResendRequest'
    | 'SequenceReset'
    | 'Reject'
    | 'BusinessMessageReject'
    | 'Garbled'
    | 'Operator';
  readonly level: 'info' | 'attention' | 'alarm';
  readonly direction: 'in' | 'out' | null;
  readonly text: string;
  /** MsgSeqNum of the message, or next expected in and next out at that moment. */
  readonly seqIn: number | null;
  readonly seqOut: number | null;
}

/** The application does not take a message: BusinessMessageReject(j) with these fields. */
export interface BusinessRejection {
  /** BusinessRejectReason(380): 3 unsupported message type, 5 conditionally required field missing … */
  readonly reason: number;
  readonly text: string;
}

/** leaving: the session ends by itself, `Session.leaving` says why; `disconnect` follows. */
export type Signal = 'logon-sent' | 'logged-on' | 'recovering' | 'recovered' | 'leaving';

/** Takes one stored message of ours; false stops. An empty range: nothing is to be resent under this number. */
export type StoredVisitor = (seqNum: number, bytes: Uint8Array, from: number, to: number) => boolean;

/**
 * Everything that a session does to the world. Byte ranges are valid during the call only. What the shell writes to its store must be
 * written before what it was given to send goes out, and it may batch both within one call into the session.
 */
export interface Port {
  /** Our message with the next outbound MsgSeqNum; an empty range uses the number up with nothing to resend (admin messages). */
  store(bytes: Uint8Array, from: number, to: number): void;
  /** Visits what was stored under first … last, in order. */
  stored(first: number, last: number, visitor: StoredVisitor): void;
  /** Next expected inbound MsgSeqNum; at most once per call into the session. */
  persistExpected(nextIn: number): void;
  /** Next outbound MsgSeqNum set by hand; the old store is kept aside first. */
  persistNextOut(nextOut: number): void;
  /** Whether the next Logon must carry 141=Y, also after a restart. */
  persistResetPending(pending: boolean): void;
  /** Both numbers to 1; the old store is kept aside first. */
  resetStore(): void;

  send(bytes: Uint8Array, from: number, to: number): void;
  /** False while enough waits to be written: a resend then pauses until `Session.drained`. */
  writable(): boolean;
  /** One message for the FIX log, secrets masked already. */
  log(direction: 'in' | 'out', bytes: Uint8Array, from: number, to: number): void;

  /** An application message, in order, once. The answer null takes it. */
  deliver(message: MessageView): BusinessRejection | null;
  /**
   * The session is over, close the transport after what was sent. Null: the Logout that `Session.logout` was asked for is done.
   *
   * @param logoutAnswered whether our own Logout was answered
   */
  disconnect(reason: Disconnect | null, logoutAnswered: boolean): void;
  signal(signal: Signal): void;
  note(note: Note): void;
}
