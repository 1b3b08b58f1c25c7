/** The layer of a connection that failed, outermost first; shown to the operator as the first word of the reason line. */
export type Layer =
  | 'config'
  | 'engine'
  | 'dns'
  | 'tunnel'
  | 'tcp'
  | 'tls'
  | 'logon'
  | 'sequence'
  | 'heartbeat'
  | 'protocol'
  | 'peer-logout'
  | 'operator'
  | 'schedule'
  | 'ownership';

/** How the reconnect policy treats a reason: as a lost link, as a refused logon (slower), or not at all until a person acts. */
export type RetryClass = 'link' | 'logon' | 'never';

/** An engine that has not heard the console for this long logs out: nobody could stop its session. */
export const CONSOLE_SILENT_S = 8;

interface ReasonInfo {
  readonly layer: Layer;
  readonly retry: RetryClass;
  /** One short sentence for the operator, without the peer's own words (those follow it). */
  readonly sentence: string;
}

/**
 * Every reason for which a session is not logged on, from the FIX core to the screen. The FIX core raises the codes of the
 * layers logon, sequence, heartbeat, protocol and peer-logout; the engine's transport raises dns and tcp; the Session Manager the rest.
 */
export const REASONS = {
  'config-invalid': { layer: 'config', retry: 'never', sentence: 'The configuration is invalid' },
  'secrets-needed': {
    layer: 'config',
    retry: 'never',
    sentence: 'A secret must be entered again: what is stored was not entered for this Host, Port, SSL and list of backup hosts',
  },
  'engine-exit': { layer: 'engine', retry: 'link', sentence: 'The engine process ended unexpectedly' },
  'engine-memory': {
    layer: 'engine',
    retry: 'link',
    sentence: 'The engine process used up the memory that an engine may use, and was ended',
  },
  'console-silent': {
    layer: 'engine',
    retry: 'link',
    sentence: `The console did not answer for ${CONSOLE_SILENT_S} s; logged out for safety`,
  },
  'engine-unresponsive': { layer: 'engine', retry: 'link', sentence: 'The engine process stopped answering' },
  'store-in-use': {
    layer: 'engine',
    retry: 'link',
    sentence: 'Another row runs the same FIX session, and its message store has one writer',
  },
  'store-failed': { layer: 'engine', retry: 'link', sentence: 'The message store cannot be written' },
  'dns-failed': { layer: 'dns', retry: 'link', sentence: 'The host name does not resolve' },
  'tunnel-missing': { layer: 'tunnel', retry: 'never', sentence: 'stunnel is not installed' },
  'tunnel-failed': { layer: 'tunnel', retry: 'link', sentence: 'The stunnel process failed' },
  'tcp-refused': { layer: 'tcp', retry: 'link', sentence: 'Connection refused' },
  'tcp-unreachable': { layer: 'tcp', retry: 'link', sentence: 'Host unreachable' },
  'tcp-timeout': { layer: 'tcp', retry: 'link', sentence: 'No answer to the TCP connect' },
  'tcp-closed': { layer: 'tcp', retry: 'link', sentence: 'The peer closed the connection' },
  'tcp-reset': { layer: 'tcp', retry: 'link', sentence: 'The connection was reset' },
  'slow-consumer': { layer: 'tcp', retry: 'link', sentence: 'The peer does not read what we send' },
  'tls-failed': { layer: 'tls', retry: 'link', sentence: 'TLS handshake failed' },
  'tls-certificate': { layer: 'tls', retry: 'logon', sentence: "The peer's certificate was not accepted" },
  'logon-timeout': { layer: 'logon', retry: 'logon', sentence: 'No Logon within LogonTimeout' },
  'logon-refused': { layer: 'logon', retry: 'logon', sentence: 'Logon refused' },
  'logon-invalid': { layer: 'logon', retry: 'logon', sentence: "The peer's Logon is invalid" },
  'logon-not-first': { layer: 'logon', retry: 'logon', sentence: 'The first message from the peer was not a Logon' },
  'sequence-too-low': { layer: 'sequence', retry: 'logon', sentence: 'MsgSeqNum too low from the peer' },
  'sequence-repair': { layer: 'sequence', retry: 'logon', sentence: 'The peer expects another MsgSeqNum from us' },
  'reset-not-honoured': { layer: 'sequence', retry: 'logon', sentence: 'The LP did not reset the sequence numbers' },
  'resend-stalled': { layer: 'sequence', retry: 'link', sentence: 'The peer does not fill the gap' },
  'reset-loop': { layer: 'sequence', retry: 'logon', sentence: 'The peer resets the sequence numbers again and again' },
  'heartbeat-timeout': { layer: 'heartbeat', retry: 'link', sentence: 'No answer to our TestRequest' },
  'begin-string': { layer: 'protocol', retry: 'logon', sentence: 'The peer sent another BeginString' },
  'comp-id': { layer: 'protocol', retry: 'logon', sentence: 'The peer sent CompIDs of another session' },
  'sending-time': {
    layer: 'protocol',
    retry: 'logon',
    sentence: "The peer's SendingTime is off by more than SendingTimeThreshold",
  },
  'orig-sending-time': {
    layer: 'protocol',
    retry: 'logon',
    sentence: "The peer's OrigSendingTime is later than its SendingTime",
  },
  'required-tag': { layer: 'protocol', retry: 'logon', sentence: 'The peer left out a tag that the session cannot do without' },
  'message-too-large': {
    layer: 'protocol',
    retry: 'logon',
    sentence: 'The peer sent a message larger than maxMessageBytes of its configuration',
  },
  'peer-logout': { layer: 'peer-logout', retry: 'link', sentence: 'The peer logged out' },
  deactivated: { layer: 'operator', retry: 'never', sentence: 'Deactivated' },
  killed: { layer: 'operator', retry: 'never', sentence: 'Killed' },
  restarting: { layer: 'operator', retry: 'link', sentence: 'Restarting' },
  shutdown: { layer: 'operator', retry: 'never', sentence: 'The console shut down' },
  'retries-exhausted': { layer: 'operator', retry: 'never', sentence: 'All attempts used up; activate it to try again' },
  'off-schedule': { layer: 'schedule', retry: 'never', sentence: 'Outside its schedule' },
  'owner-lost': { layer: 'ownership', retry: 'never', sentence: 'Another console owns this LP' },
  'database-lost': { layer: 'ownership', retry: 'link', sentence: 'The database connection that proves ownership was lost' },
} as const satisfies Record<string, ReasonInfo>;

export type ReasonCode = keyof typeof REASONS;

export interface DisconnectReason {
  readonly code: ReasonCode;
  /** What we know beyond the code: an errno, expected and received numbers, an exit code. */
  readonly detail?: string;
  /** The LP's own words: Text(58) of its Logout or Reject. */
  readonly peerText?: string;
  /** "expecting N" found in the peer's text: the repair the operator is offered. */
  readonly peerExpects?: number;
}

/** The reason line of the console: layer, sentence, the LP's own words. */
export function describeReason(reason: DisconnectReason): string {
  const info = REASONS[reason.code];
  const detail = reason.detail === undefined ? '' : ` (${reason.detail})`;
  const peer = reason.peerText === undefined ? '' : `: “${reason.peerText}”`;
  return `${info.sentence}${detail}${peer}`;
}
