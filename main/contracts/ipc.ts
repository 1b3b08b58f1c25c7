import type { AuditRow } from './audit.ts';
import type { DecodedMessage } from './fix-message.ts';
import type { Role, TokenInfo } from './identity.ts';
import type { KillIncident } from './kill.ts';
import type { LogFilter } from './log-filter.ts';
import type { LpConfig, LpDraft } from './lp-config.ts';
import type { ConfirmedGone } from './lp-record.ts';
import type { FixLogLine, Health, LpView, TimelineEvent } from './lp-view.ts';
import type { RefusedWrite } from './refused.ts';
import type { Result } from './result.ts';
import type { IncidentList, StoredIncident } from './stored-incident.ts';

export interface ConsoleSnapshot {
  /** Counter of the last delta that this snapshot contains. */
  readonly counter: number;
  /** Clock of the console's main process, epoch ms: the screen shows ages against it, not against its own clock. */
  readonly nowMs: number;
  readonly host: string;
  readonly version: string;
  readonly lps: readonly LpView[];
  readonly health: Health;
  /** The latest kill incidents, newest first, at most 20. */
  readonly incidents: readonly KillIncident[];
}

/** Changes since the delta before it (counter − 1). On a gap in the counters the renderer asks for a snapshot. */
export interface ConsoleDelta {
  readonly counter: number;
  readonly nowMs: number;
  readonly lps: readonly LpView[];
  readonly removed: readonly string[];
  readonly health: Health | null;
  readonly incidents: readonly KillIncident[];
}

export interface FixLogTail {
  readonly provider: string;
  readonly lines: readonly FixLogLine[];
}

export interface FixLogBatch {
  readonly provider: string;
  readonly lines: readonly FixLogLine[];
  /** Lines left out of the stream in a burst; the file has them all. */
  readonly skipped: number;
}

interface ByProvider {
  readonly provider: string;
}
interface ByProviderWithReason extends ByProvider {
  readonly reason: string;
}

/** Every request channel: its arguments and its answer. Handlers, validators, preload and client are mapped types of this map. */
interface Requests {
  'console.snapshot': { args: Record<string, never>; value: ConsoleSnapshot };
  'lp.config': { args: ByProvider; value: LpConfig };
  'lp.create': { args: { draft: LpDraft }; value: LpConfig };
  /** `version`: of the configuration that the draft is a change of; refused with `config-changed` when a newer one is stored. */
  'lp.save': {
    args: { readonly draft: LpDraft; readonly version?: number };
    value: { config: LpConfig; applies: 'now' | 'next-logon' };
  };
  'lp.delete': { args: ByProviderWithReason; value: null };
  'lp.activate': { args: ByProviderWithReason; value: null };
  'lp.deactivate': { args: ByProviderWithReason; value: null };
  'lp.restart': { args: ByProviderWithReason; value: null };
  'lp.kill': { args: ByProviderWithReason; value: KillIncident };
  'lp.kill-all': { args: { readonly reason: string; readonly typed: string }; value: KillIncident };
  'lp.rearm': { args: ByProviderWithReason & { readonly typed: string }; value: null };
  'lp.take-over': { args: ByProviderWithReason & { readonly typed: string }; value: ConfirmedGone };
  /** Scenario 9: operator sets or resets numbers; only while not logged on. null leaves a number as it is. */
  'lp.set-sequence': {
    args: ByProviderWithReason & { readonly nextIn: number | null; readonly nextOut: number | null };
    value: null;
  };
  'lp.reset-sequence': { args: ByProviderWithReason; value: null };
  'lp.test-request': { args: ByProvider; value: null };
  'lp.resend-request': { args: ByProviderWithReason & { readonly from: number }; value: null };
  'lp.timeline': { args: ByProvider & { readonly limit: number }; value: readonly TimelineEvent[] };
  /** Opens the live tail of one LP on this connection, of the lines that pass, and answers with the last of them; `fixlog.lines` follows. */
  'fixlog.open': { args: ByProvider & { readonly lines: number; readonly filter: LogFilter | null }; value: FixLogTail };
  'fixlog.close': { args: ByProvider; value: null };
  /** One message of the log, SOH as on the wire, read with the dictionary of its LP. */
  'fixlog.decode': { args: ByProvider & { readonly text: string }; value: DecodedMessage };
  'token.list': { args: Record<string, never>; value: readonly TokenInfo[] };
  /** Answers the token, which nobody can read again. `expiresInDays` null: it does not expire. */
  'token.create': {
    args: { readonly name: string; readonly role: Role; readonly expiresInDays: number | null };
    value: { readonly token: string; readonly info: TokenInfo };
  };
  'token.revoke': { args: { readonly name: string }; value: null };
  'audit.list': { args: { readonly provider: string | null; readonly limit: number }; value: readonly AuditRow[] };
  'incident.list': { args: { readonly limit: number }; value: IncidentList };
  /** Each console's part of one kill. */
  'incident.get': { args: { readonly id: string }; value: readonly StoredIncident[] };
  /** Writes that the database or NATS refused for good, oldest first. */
  'refused.list': { args: Record<string, never>; value: readonly RefusedWrite[] };
  /** Tries them again; answers with those that are left. */
  'refused.retry': { args: { readonly reason: string }; value: readonly RefusedWrite[] };
  /** Gives up those that are named, for good; answers with those that are left. */
  'refused.discard': { args: { readonly ids: readonly string[]; readonly reason: string }; value: readonly RefusedWrite[] };
}

/** Every pushed channel and its payload. */
export interface Pushes {
  'console.delta': ConsoleDelta;
  'fixlog.lines': FixLogBatch;
  timeline: readonly TimelineEvent[];
}

export type RequestChannel = keyof Requests;
export type PushChannel = keyof Pushes;
export type Args<C extends RequestChannel> = Requests[C]['args'];
export type Value<C extends RequestChannel> = Requests[C]['value'];

/** The renderer's view of the main process, whatever carries it. */
export interface ConsoleApi {
  /** @param notAfterMs main process' clock, epoch ms: an action that has not begun by then is refused */
  request<C extends RequestChannel>(channel: C, args: Args<C>, notAfterMs?: number): Promise<Result<Value<C>>>;
  /** Returns the function that unsubscribes. */
  subscribe<C extends PushChannel>(channel: C, listener: (payload: Pushes[C]) => void): () => void;
}

/** What the preload script exposes as `window.vfxlp`: one function per channel, no generic send. */
export interface PreloadApi {
  readonly requests: { readonly [C in RequestChannel]: (args: Args<C>, notAfterMs?: number) => Promise<Result<Value<C>>> };
  /** Each returns the function that unsubscribes. */
  readonly pushes: { readonly [C in PushChannel]: (listener: (payload: Pushes[C]) => void) => () => void };
}

/** Electron's channel names are the contract's behind this prefix. */
export const ELECTRON_CHANNEL_PREFIX = 'vfxlp:';

/**
 * What a request is: a question; an action, which must not be carried out later than whoever pressed it meant; or a kill, which always is.
 * This list and the next are checked against the maps by the compiler, so that no end can forget a channel.
 */
export const REQUEST_KINDS = {
  'console.snapshot': 'asks',
  'lp.config': 'asks',
  'lp.create': 'acts',
  'lp.save': 'acts',
  'lp.delete': 'acts',
  'lp.activate': 'acts',
  'lp.deactivate': 'acts',
  'lp.restart': 'acts',
  'lp.kill': 'kills',
  'lp.kill-all': 'kills',
  'lp.rearm': 'acts',
  'lp.take-over': 'acts',
  'lp.set-sequence': 'acts',
  'lp.reset-sequence': 'acts',
  'lp.test-request': 'acts',
  'lp.resend-request': 'acts',
  'lp.timeline': 'asks',
  'fixlog.open': 'asks',
  'fixlog.close': 'asks',
  'fixlog.decode': 'asks',
  'token.list': 'asks',
  'token.create': 'acts',
  'token.revoke': 'acts',
  'audit.list': 'asks',
  'incident.list': 'asks',
  'incident.get': 'asks',
  'refused.list': 'asks',
  'refused.retry': 'acts',
  'refused.discard': 'acts',
} as const satisfies Record<RequestChannel, 'asks' | 'acts' | 'kills'>;

export const REQUEST_CHANNELS = Object.keys(REQUEST_KINDS) as readonly RequestChannel[];

/** An action that has not begun by then is not carried out any more, ms after it was pressed. */
export const ACT_WITHIN_MS = 5_000;

export const PUSH_CHANNELS = Object.keys({ 'console.delta': 0, 'fixlog.lines': 0, timeline: 0 } satisfies Record<
  PushChannel,
  0
>) as readonly PushChannel[];

/** Frames of the WebSocket that carries the same contract to a browser. JSON, one object a frame. */
export type ClientFrame = {
  [C in RequestChannel]: {
    readonly id: number;
    readonly channel: C;
    readonly args: Args<C>;
    /** Main process' clock, epoch ms: an action that has not begun by then is refused. */
    readonly notAfterMs?: number;
  };
}[RequestChannel];
export type ServerFrame =
  | { readonly id: number; readonly result: Result<unknown> }
  | { [C in PushChannel]: { readonly push: C; readonly payload: Pushes[C] } }[PushChannel];

/** The browser offers [WS_PROTOCOL, `token.${token}`] as subprotocols on WS_PATH; the server selects WS_PROTOCOL or refuses. */
export const WS_PATH = '/ws';
export const WS_PROTOCOL = 'vfxlp.v1';
