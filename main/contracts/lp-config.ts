/** Configuration of one Liquidity Provider, after validation. Column names of `"vfx_LPProviderConfig"` stand beside each group. */
export interface LpConfig {
  /** `"Provider"`: the key; letters, digits and `_ . -`; it names the log folder. */
  readonly provider: string;
  /** `"Host"`, `"Port"`. */
  readonly host: string;
  readonly port: number;
  /** `"SenderCompID"`, `"TargetCompID"`: ours and theirs. */
  readonly senderCompId: string;
  readonly targetCompId: string;
  /** `"HeartBtInt"`, seconds, 1–3600. */
  readonly heartBtInt: number;
  /** `"SSL"`. */
  readonly ssl: boolean;
  /** `retry` (jsonb). */
  readonly retry: RetryPolicy;
  /** `tunnel` (jsonb). */
  readonly tunnel: TunnelOptions;
  /** `session` (jsonb). */
  readonly session: SessionOptions;
  /** `username`; the passwords are never part of a configuration that is shown. */
  readonly username: string | null;
  readonly hasPassword: boolean;
  /** `new_password`: whether one waits for the next Logon that the LP accepts. */
  readonly hasNewPassword: boolean;
  /** `version`: grows by one with every change of the row's configuration. */
  readonly version: number;
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Reconnect: wait = random(0 … min(capMs, baseMs × factor^(attempt−1))), full jitter. */
export interface RetryPolicy {
  /** For lost links, ms. */
  readonly baseMs: number;
  /** For refused logons, ms: hammering a counterparty that said no makes it worse. */
  readonly logonBaseMs: number;
  readonly factor: number;
  readonly capMs: number;
  /** 0: no limit. */
  readonly maxAttempts: number;
  /** A Logon that lasted this long, ms, resets the attempts. */
  readonly stableMs: number;
}

export interface TunnelOptions {
  /** chain: the peer's chain must lead to caFile. pinned: the peer's certificate must be in caFile. none: for tests only, shown as a warning. */
  readonly verify: 'chain' | 'pinned' | 'none';
  /** PEM file on this machine; the system's CA bundle when null and verify is chain. */
  readonly caFile: string | null;
  /** Name the peer's certificate must carry; the configured Host when null and verify is chain. */
  readonly checkHost: string | null;
  /** Server name sent in the handshake; the configured Host when null. */
  readonly sni: string | null;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  /** Client certificate and its key, PEM files. */
  readonly certFile: string | null;
  readonly keyFile: string | null;
}

export interface SessionOptions {
  /** ResetSeqNumFlag(141)=Y on every Logon. */
  readonly resetOnLogon: boolean;
  /** What to do when the LP goes on with its old numbers although our Logon carried 141=Y. */
  readonly resetNotHonoured: 'refuse' | 'continue';
  /** NextExpectedMsgSeqNum(789) in our Logons. */
  readonly sendNextExpected: boolean;
  readonly senderSubId: string | null;
  readonly targetSubId: string | null;
  /** Further fields of our Logon, in order: [tag, value]. */
  readonly logonTags: readonly (readonly [number, string])[];
  readonly logonTimeoutMs: number;
  readonly logoutAckMs: number;
  /** TestRequest after HeartBtInt × (1 + this); the standard's 20 % is 0.2. */
  readonly testRequestThreshold: number;
  readonly sendingTimeThresholdMs: number;
  /** A larger message from the LP ends the session; bounds what an LP can make an engine keep. */
  readonly maxMessageBytes: number;
  /** Validate messages against the dictionary. */
  readonly validate: boolean;
  /** QuickFIX XML of the LP's own dialect; FIX 4.4 when null. */
  readonly dictionaryFile: string | null;
  /** What happens to an application message to send while not logged on (scenario 16). */
  readonly whenDisconnected: 'queue' | 'refuse';
  /** Whether the LP cancels open orders when the session drops; shown before a kill. */
  readonly cancelsOnDisconnect: 'yes' | 'no' | 'unknown';
  /** Further hosts in priority order after Host:Port. */
  readonly backupHosts: readonly HostPort[];
  /** While on a backup host, retry the first one this often, ms; 0: only at the next reconnect. */
  readonly failbackMs: number;
  readonly schedule: SessionSchedule | null;
}

/** Times are HH:MM of `timeZone`. weekly: one session from startDay startTime to endDay endTime, with an optional daily break. */
export interface SessionSchedule {
  readonly kind: 'daily' | 'weekly';
  /** IANA name, e.g. America/New_York. */
  readonly timeZone: string;
  /** 0 = Sunday … 6 = Saturday; weekly only. */
  readonly startDay: number;
  readonly endDay: number;
  readonly startTime: string;
  readonly endTime: string;
  /** weekly only: start and end of a daily break, or null. */
  readonly breakStart: string | null;
  readonly breakEnd: string | null;
}

export const DEFAULT_RETRY: RetryPolicy = {
  baseMs: 500,
  logonBaseMs: 5_000,
  factor: 2,
  capMs: 60_000,
  maxAttempts: 0,
  stableMs: 30_000,
};

export const DEFAULT_TUNNEL: TunnelOptions = {
  verify: 'chain',
  caFile: null,
  checkHost: null,
  sni: null,
  minVersion: 'TLSv1.2',
  certFile: null,
  keyFile: null,
};

export const DEFAULT_SESSION: SessionOptions = {
  resetOnLogon: false,
  resetNotHonoured: 'refuse',
  sendNextExpected: false,
  senderSubId: null,
  targetSubId: null,
  logonTags: [],
  logonTimeoutMs: 10_000,
  logoutAckMs: 2_000,
  testRequestThreshold: 0.2,
  sendingTimeThresholdMs: 120_000,
  maxMessageBytes: 1_048_576,
  validate: true,
  dictionaryFile: null,
  whenDisconnected: 'refuse',
  cancelsOnDisconnect: 'unknown',
  backupHosts: [],
  failbackMs: 0,
  schedule: null,
};

/** What the operator sends to create or change an LP. Passwords are write-only: undefined keeps the stored one, null removes it. */
export interface LpDraft {
  readonly provider: string;
  readonly host: string;
  readonly port: number;
  readonly senderCompId: string;
  readonly targetCompId: string;
  readonly heartBtInt: number;
  readonly ssl: boolean;
  readonly retry?: Partial<RetryPolicy>;
  readonly tunnel?: Partial<TunnelOptions>;
  readonly session?: Partial<SessionOptions>;
  readonly username?: string | null;
  readonly password?: string | null;
  /** NewPassword(925): sent beside the password, and the password itself once the LP has accepted a Logon with it. */
  readonly newPassword?: string | null;
}

/** Secrets of an LP, decrypted: given to its engine only, never shown, logged or sent elsewhere. */
export interface LpCredentials {
  readonly username: string | null;
  readonly password: string | null;
  readonly newPassword: string | null;
}

/** One rule that a row or a draft breaks: the column as the operator knows it, and the fix. */
export interface ConfigProblem {
  readonly column: string;
  readonly rule: string;
}
