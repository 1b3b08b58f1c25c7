import type { Bounded } from './bounded.ts';
import type { DisconnectReason } from './disconnect-reason.ts';
import type { LocalEnd } from './local-end.ts';
import type { LpCredentials, SessionOptions } from './lp-config.ts';
import type { LiveStats, TimelineEvent } from './lp-view.ts';

/** Of the file that `session.dictionaryFile` names. FIX 4.4 has half a megabyte, FIX 5.0 SP2 two. */
export const MAX_DICTIONARY_BYTES = 8 * 1024 * 1024;

/** Everything an engine needs to know; it reads no file, table or environment variable for it. */
export interface EngineSettings {
  readonly provider: string;
  readonly senderCompId: string;
  readonly targetCompId: string;
  /** Seconds. */
  readonly heartBtInt: number;
  readonly session: SessionOptions;
  readonly credentials: LpCredentials;
  /** Folder of all message stores; in it each FIX session has one of its own, whichever row runs it. */
  readonly storeDir: string;
  /** The row that this is for, and the rows of this session that there are, itself included: a store that another left behind is not theirs. */
  readonly row?: { readonly id: string; readonly heirs: readonly string[] };
  /** Folder of this provider's logs, `/var/log/vfxlp/fix/{provider}`. */
  readonly logDir: string;
  /** Of the process that writes the raw FIX log there; left out: the engine does. */
  readonly logSocket?: string;
  /** Folders below which its dictionary must lie; left out: anywhere. */
  readonly dictionaryDirs?: readonly string[];
}

/** Where the engine dials: the LP, or the local end of its tunnel. */
export type DialTarget = LocalEnd & {
  /** True behind a tunnel: the TCP step says nothing about the LP. */
  readonly tunnel: boolean;
};

export interface LogoutOrder {
  /** Text(58). */
  readonly text: string;
  readonly reason: DisconnectReason;
  /** The engine says it by itself when `logout` has not come by then, ms: a console that stalls, or dies, holds up no Logout. */
  readonly withinMs: number;
}

/** From the Session Manager to an engine. `start` comes first and once. */
export type EngineCommand =
  | { readonly type: 'start'; readonly settings: EngineSettings }
  | { readonly type: 'connect'; readonly target: DialTarget }
  /** Settings to use from the next connect on. */
  | { readonly type: 'configure'; readonly settings: EngineSettings }
  /** No outbound application message from the answer on. `parting`: the Logout that leaves in any case; null where there is no connection. */
  | { readonly type: 'block-outbound'; readonly requestId: number; readonly parting: LogoutOrder | null }
  /**
   * Logout with this text, wait for the answer or LogoutAckThreshold, close the socket. Answered by `disconnected` in any case, unless the parting has
   * been said: then it is answered already.
   */
  | { readonly type: 'logout'; readonly text: string; readonly reason: DisconnectReason }
  /** Close the socket at once if there is one, flush store and logs, exit with code 0. */
  | { readonly type: 'stop' }
  | { readonly type: 'set-sequence'; readonly requestId: number; readonly nextIn: number | null; readonly nextOut: number | null }
  | { readonly type: 'reset-sequence'; readonly requestId: number }
  | { readonly type: 'test-request'; readonly requestId: number }
  | { readonly type: 'resend-request'; readonly requestId: number; readonly from: number }
  /** An application message: body fields in order, [tag, value]; header and trailer are the session's. */
  | {
      readonly type: 'send';
      readonly requestId: number;
      readonly msgType: string;
      readonly fields: readonly (readonly [number, string])[];
    }
  /** No other console can take the LP before this time of monotonicMs(), null: ever; the socket is closed before it comes. */
  | { readonly type: 'owned-until'; readonly untilMs: number | null }
  /** Liveness probe of the supervisor; answered by `pong` with the same n. */
  | { readonly type: 'ping'; readonly n: number };

/** What an engine has to say to the Session Manager. */
export type EngineReport =
  | { readonly type: 'ready'; readonly pid: number; readonly nextIn: number; readonly nextOut: number }
  | { readonly type: 'resolved'; readonly address: string; readonly durationMs: number }
  | { readonly type: 'tcp-connected'; readonly address: string; readonly durationMs: number }
  | { readonly type: 'logon-sent' }
  /** Logons exchanged both ways. */
  | { readonly type: 'logged-on'; readonly nextIn: number; readonly nextOut: number; readonly durationMs: number }
  | { readonly type: 'first-message'; readonly msgType: string }
  | { readonly type: 'recovering'; readonly received: number; readonly total: number }
  | { readonly type: 'recovered' }
  /** The LP logs out, or we do because of a fault of its: no longer in service, although the connection has yet to end. */
  | { readonly type: 'leaving'; readonly reason: DisconnectReason }
  /** The connection ended, or could not be made; the engine is idle until the next connect. `logoutAnswered` only for our own Logout. */
  | {
      readonly type: 'disconnected';
      readonly reason: DisconnectReason;
      readonly wasLoggedOn: boolean;
      readonly logoutAnswered: boolean;
      readonly nextIn: number;
      readonly nextOut: number;
    }
  | { readonly type: 'stats'; readonly stats: LiveStats }
  | { readonly type: 'timeline'; readonly events: readonly Omit<TimelineEvent, 'n' | 'provider'>[] }
  /** Answer to a command with a requestId; error null when done. For `send`, msgSeqNum is the number given to the message. */
  | { readonly type: 'answer'; readonly requestId: number; readonly error: string | null; readonly msgSeqNum: number | null }
  | { readonly type: 'pong'; readonly n: number };

/** What it says: whatever a peer or a disk has put into a report is bounded before it leaves the engine. */
export type BoundedReport = Bounded<EngineReport>;
