import { peerExpects } from './peer-expects.ts';

/** Why the session core ends a connection; each code is explained in contracts/disconnect-reason.ts, of which this is a subset. */
export type DisconnectCode =
  | 'config-invalid'
  | 'slow-consumer'
  | 'logon-timeout'
  | 'logon-refused'
  | 'logon-invalid'
  | 'logon-not-first'
  | 'sequence-too-low'
  | 'sequence-repair'
  | 'reset-not-honoured'
  | 'resend-stalled'
  | 'reset-loop'
  | 'heartbeat-timeout'
  | 'begin-string'
  | 'comp-id'
  | 'sending-time'
  | 'orig-sending-time'
  | 'required-tag'
  | 'message-too-large'
  | 'peer-logout';

export interface Disconnect {
  readonly code: DisconnectCode;
  /** Expected and received values. */
  readonly detail?: string;
  /** Text(58) of the peer's Logout or Reject. */
  readonly peerText?: string;
  /** The MsgSeqNum that it says there it expects from us. */
  readonly peerExpects?: number;
}

/** A reason in the peer's own words. */
export function fromPeer(code: DisconnectCode, text: string | null): Disconnect {
  if (text === null) return { code };
  const expects = peerExpects(text);
  return expects === null ? { code, peerText: text } : { code, peerText: text, peerExpects: expects };
}
