/** Why the session core ends a connection; each code is explained in contracts/disconnect-reason.ts, of which this is a subset. */
export type DisconnectCode =
  | 'config-invalid'
  | 'logon-timeout'
  | 'logon-refused'
  | 'logon-invalid'
  | 'logon-not-first'
  | 'sequence-too-low'
  | 'sequence-repair'
  | 'resend-stalled'
  | 'heartbeat-timeout'
  | 'begin-string'
  | 'comp-id'
  | 'sending-time'
  | 'orig-sending-time'
  | 'required-tag'
  | 'peer-logout';

export interface Disconnect {
  readonly code: DisconnectCode;
  /** Expected and received values. */
  readonly detail?: string;
  /** Text(58) of the peer's Logout or Reject. */
  readonly peerText?: string;
  /** "expecting N" found in that text. */
  readonly peerExpects?: number;
}

/** "MsgSeqNum too low, expecting 12 but received 7" and its kin in other engines' words. */
const EXPECTS = /expect(?:ing|ed|s)?(?:(?!receiv|got|but)\D){0,40}?(\d{1,15})/i;

/** The MsgSeqNum that the peer says it expects from us, or null when its text names none. */
export function peerExpects(text: string): number | null {
  const match = EXPECTS.exec(text);
  const value = Number(match?.[1]);
  return Number.isSafeInteger(value) && value >= 1 ? value : null;
}

/** A reason in the peer's own words. */
export function fromPeer(code: DisconnectCode, text: string | null): Disconnect {
  if (text === null) return { code };
  const expects = peerExpects(text);
  return expects === null ? { code, peerText: text } : { code, peerText: text, peerExpects: expects };
}
