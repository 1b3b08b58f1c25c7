import type { DisconnectReason } from './disconnect-reason.ts';
import type { ConfigProblem, SessionOptions } from './lp-config.ts';
import type { KillLatch, LpStatus, SilentOwner } from './lp-record.ts';

/** What one LP is doing, as the operator sees it. STALE is derived on the screen from `statsAtMs`. */
export type LpState =
  | { readonly kind: 'inactive' }
  | { readonly kind: 'connecting'; readonly step: 'engine' | 'tunnel' | 'tcp' }
  | { readonly kind: 'logon' }
  | { readonly kind: 'logged-on' }
  | { readonly kind: 'recovering'; readonly received: number; readonly total: number }
  | { readonly kind: 'stopping' }
  /** waitsFor: no attempt is made before the database answers, which proves that no other console runs the LP. */
  | { readonly kind: 'retry'; readonly atMs: number; readonly attempt: number; readonly waitsFor?: 'database' }
  | { readonly kind: 'error' }
  | { readonly kind: 'off-schedule'; readonly opensAtMs: number | null }
  | { readonly kind: 'killed'; readonly latch: KillLatch }
  | { readonly kind: 'foreign'; readonly owner: string };

export type LpStateKind = LpState['kind'];

export const LANE_STEPS = ['engine', 'dns', 'tunnel', 'tcp', 'tls', 'logon', 'first-message'] as const;
export type LaneStepName = (typeof LANE_STEPS)[number];

/** One light of the connection lane. skipped: not used by this LP (no tunnel, an address instead of a name). */
export interface LaneStep {
  readonly name: LaneStepName;
  readonly light: 'off' | 'doing' | 'ok' | 'failed' | 'skipped';
  readonly atMs: number | null;
  readonly durationMs: number | null;
  /** TLS version and cipher, resolved address, reason of the failure … */
  readonly text: string | null;
}

/** A run of inbound messages that is being asked for: from … to (0: open end). */
interface SequenceGap {
  readonly from: number;
  readonly to: number;
}

interface MessageBrief {
  readonly direction: 'in' | 'out';
  readonly msgType: string;
  readonly atMs: number;
}

/** Live counters of a session, sampled by the engine four times a second. All times epoch ms, null where there was none. */
export interface LiveStats {
  readonly nextIn: number;
  readonly nextOut: number;
  readonly inPerSecond: number;
  readonly outPerSecond: number;
  readonly totalIn: number;
  readonly totalOut: number;
  readonly lastReceivedMs: number | null;
  readonly lastSentMs: number | null;
  readonly lastMessage: MessageBrief | null;
  readonly testRequestRttMs: number | null;
  /** Since when the peer has sent nothing, while a TestRequest that we sent because of that is unanswered. */
  readonly silentSinceMs: number | null;
  readonly gap: SequenceGap | null;
  /** Reject(3) and BusinessMessageReject(j), sent and received, since the engine process started. */
  readonly rejects: number;
  readonly garbled: number;
  /** Stored messages that could not be read back for a resend, since the engine process started. */
  readonly unreadable: number;
  readonly rssBytes: number;
}

/** An LP that is wanted and not up, or not as it should be: one state, whatever is being tried, until a Logon has lasted. */
export interface LpTrouble {
  readonly sinceMs: number;
  /** Since when it is not logged on; null while it is. */
  readonly downSinceMs: number | null;
}

export interface LpView {
  readonly provider: string;
  readonly state: LpState;
  readonly status: LpStatus;
  readonly reason: DisconnectReason | null;
  readonly statusAtMs: number | null;
  readonly trouble: LpTrouble | null;
  readonly problems: readonly ConfigProblem[];
  readonly host: string;
  readonly port: number;
  readonly senderCompId: string;
  readonly targetCompId: string;
  readonly heartBtInt: number;
  readonly ssl: boolean;
  readonly cancelsOnDisconnect: SessionOptions['cancelsOnDisconnect'];
  readonly owner: string | null;
  /** The console that had the LP and is not heard of any more: a person is asked before it is taken over. */
  readonly silentOwner: SilentOwner | null;
  readonly loggedOnAtMs: number | null;
  readonly attempt: number;
  readonly enginePid: number | null;
  readonly tunnelPid: number | null;
  readonly lane: readonly LaneStep[];
  /** Of the session; without an engine (enginePid null) what was known last. */
  readonly stats: LiveStats | null;
  /** When `stats` was sampled; a session whose stats are old is shown as STALE. */
  readonly statsAtMs: number | null;
  /** Messages a second in and out together over the last minute, one value a second, oldest first. */
  readonly spark: readonly number[];
  /** Whether a save on this LP waits for the next logon. */
  readonly pendingConfig: boolean;
  /** What its engine may use at most, MB of resident memory. */
  readonly engineMemoryMb: number;
}

export type TimelineLevel = 'info' | 'attention' | 'alarm';

export const TIMELINE_EVENTS = [
  'Logon',
  'Logout',
  'Heartbeat',
  'TestRequest',
  'ResendRequest',
  'SequenceReset',
  'Reject',
  'BusinessMessageReject',
  'Garbled',
  'Disconnect',
  'State',
  'Tunnel',
  'Engine',
  'Operator',
] as const;

/** A key event of one LP: timestamped and sequence-numbered. */
export interface TimelineEvent {
  /** Grows by one per LP and console start. */
  readonly n: number;
  readonly provider: string;
  readonly atMs: number;
  readonly event: (typeof TIMELINE_EVENTS)[number];
  readonly level: TimelineLevel;
  readonly direction: 'in' | 'out' | null;
  readonly text: string;
  /** MsgSeqNum of the message where it is about one; else next expected in and next out at that moment. */
  readonly seqIn: number | null;
  readonly seqOut: number | null;
}

/** One line of the raw FIX log; `text` has 554 and 925 masked and SOH as it is on the wire. */
export interface FixLogLine {
  /** Grows by one per opened tail. */
  readonly n: number;
  /** UTC in microseconds: 2026-01-31T09:30:00.123456Z. */
  readonly at: string;
  readonly direction: 'in' | 'out';
  readonly text: string;
}

export interface PartHealth {
  readonly state: 'ok' | 'degraded' | 'down' | 'off';
  readonly text: string;
  readonly sinceMs: number;
}

/** Looked at from time to time: what is said is of then, epoch ms; null: not yet. */
export interface ProbedHealth extends PartHealth {
  readonly checkedAtMs: number | null;
}

export interface Health {
  readonly database: ProbedHealth;
  readonly nats: PartHealth & { readonly waiting: number };
  /** Where there is least room of the folders that are written. */
  readonly disk: ProbedHealth & { readonly freeBytes: number };
  readonly engines: PartHealth & { readonly running: number };
  /** Whether this console may run its LPs. */
  readonly ownership: PartHealth;
  /** The console's own process: the longest that its event loop kept others waiting in the last minute. */
  readonly console: PartHealth & { readonly lagMs: number };
}
