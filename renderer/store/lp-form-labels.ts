import type {
  ColumnName,
  LpConfig,
  LpDraft,
  RetryPolicy,
  SessionOptions,
  SessionSchedule,
  TunnelOptions,
} from '../../main/contracts/lp-config.ts';
import { hostPortLines, type Lines, numberLines, tagLines } from './lp-form-lines.ts';
import { scheduleText } from './schedule-text.ts';

/** As typed, by path: text for every input, 'yes' or '' for a switch. */
export type FormValues = Readonly<Record<string, string>>;

/** What the form and the detail say of an option; what it may be is the schema's. */
interface Text {
  readonly label: string;
  readonly hint?: string;
  /** What an empty input stands for, or an example. */
  readonly placeholder?: string;
  /** As typed for a new LP, where the schema has no default. */
  readonly initial?: string;
  /** Only shown, and only checked, when this holds. */
  readonly when?: (values: FormValues) => boolean;
  /** In the detail, where the value alone does not say it. */
  readonly shown?: (config: LpConfig) => string;
}

/** What a label needs besides, by the value of its option: words for each of a few values, lines for a list. */
export type Label<V = unknown> = Text &
  (unknown extends V
    ? { readonly words?: Readonly<Record<string, string>>; readonly lines?: Lines<unknown>; readonly secret?: true }
    : [V] extends [string]
      ? string extends V
        ? { readonly secret?: true }
        : { readonly words: Readonly<Record<V, string>> }
      : [V] extends [SessionSchedule]
        ? { readonly words: Readonly<Record<'always' | V['kind'], string>> }
        : [V] extends [readonly (infer Item)[]]
          ? { readonly lines: Lines<Item> }
          : { readonly words?: Readonly<Record<string, string>> });

/** Every option by its path: the name that a Failure's field uses, which is the column, or the key in its jsonb column. */
type Options = {
  readonly [K in Exclude<keyof LpDraft, 'retry' | 'tunnel' | 'session'> as ColumnName<K>]-?: LpDraft[K];
} & { readonly [K in keyof RetryPolicy as `retry.${K}`]: RetryPolicy[K] } & {
  readonly [K in keyof TunnelOptions as `tunnel.${K}`]: TunnelOptions[K];
} & { readonly [K in keyof SessionOptions as `session.${K}`]: SessionOptions[K] } & {
  readonly [K in Exclude<keyof SessionSchedule, 'kind'> as `session.schedule.${K}`]: SessionSchedule[K];
};
export type Labels = { readonly [P in keyof Options]: Label<NonNullable<Options[P]>> };

/** Whether a switch is on. */
const isOn = (values: FormValues, path: string): boolean => values[path] === 'yes';
const scheduled = (values: FormValues): boolean => values['session.schedule'] !== 'always';
const weekly = (values: FormValues): boolean => values['session.schedule'] === 'weekly';
const stored = (is: boolean, text: string): string => (is ? text : '–');
const DAYS = { 0: 'Sunday', 1: 'Monday', 2: 'Tuesday', 3: 'Wednesday', 4: 'Thursday', 5: 'Friday', 6: 'Saturday' };

const CONNECTION = {
  Provider: { label: 'Provider', hint: 'names the LP and its log folder; fixed once created' },
  SSL: { label: 'SSL', hint: 'through a stunnel of its own' },
  Host: { label: 'Host' },
  Port: { label: 'Port' },
  SenderCompID: { label: 'SenderCompID', hint: 'ours' },
  TargetCompID: { label: 'TargetCompID', hint: 'the LP’s' },
  HeartBtInt: { label: 'HeartBtInt', hint: 'seconds', initial: '30' },
  'session.cancelsOnDisconnect': {
    label: 'Cancels on disconnect',
    words: { unknown: 'not known', yes: 'yes: the LP cancels open orders', no: 'no: orders stay alive' },
    hint: 'shown before a kill',
  },
  username: { label: 'Username', hint: '553 on Logon' },
  password: {
    label: 'Password',
    secret: true,
    hint: '554 on Logon; write-only',
    shown: ({ hasPassword }: LpConfig) => stored(hasPassword, 'stored, never shown'),
  },
  new_password: {
    label: 'NewPassword',
    secret: true,
    hint: '925, if the LP takes it; replaces the password at the next accepted Logon',
    shown: ({ hasNewPassword }: LpConfig) => stored(hasNewPassword, 'stored, sent with the next Logon'),
  },
} as const;

const TUNNEL = {
  'tunnel.verify': {
    label: 'Verify',
    words: {
      chain: 'the chain leads to the CA file',
      pinned: 'the certificate is in the CA file',
      none: 'NOTHING: for tests only',
    },
  },
  'tunnel.minVersion': { label: 'Minimum TLS version', words: { 'TLSv1.2': 'TLS 1.2', 'TLSv1.3': 'TLS 1.3' } },
  'tunnel.caFile': { label: 'CA file', placeholder: 'the system’s CAs' },
  'tunnel.checkHost': {
    label: 'Check host',
    placeholder: 'Host',
    shown: ({ host, tunnel }: LpConfig) => tunnel.checkHost ?? host,
  },
  'tunnel.sni': { label: 'SNI', placeholder: 'Host', shown: ({ host, tunnel }: LpConfig) => tunnel.sni ?? host },
  'tunnel.certFile': { label: 'Client certificate', placeholder: 'none' },
  'tunnel.keyFile': { label: 'Client key', placeholder: 'none' },
} as const;

const SESSION = {
  'session.resetOnLogon': { label: 'ResetSeqNumFlag', hint: '141=Y on every Logon' },
  'session.resetNotHonoured': {
    label: 'If the LP does not reset',
    words: { refuse: 'its Logon is refused', continue: 'what is missing is asked for' },
  },
  'session.sendNextExpected': { label: 'NextExpectedMsgSeqNum', hint: '789 on every Logon' },
  'session.validate': { label: 'Validate messages', hint: 'against the dictionary' },
  'session.senderSubId': { label: 'SenderSubID', placeholder: 'none' },
  'session.targetSubId': { label: 'TargetSubID', placeholder: 'none' },
  'session.logonTimeoutMs': { label: 'LogonTimeout', hint: 'seconds' },
  'session.logoutAckMs': { label: 'LogoutAckThreshold', hint: 'seconds' },
  'session.testRequestThreshold': { label: 'TestRequestThreshold', hint: '% over HeartBtInt' },
  'session.sendingTimeThresholdMs': { label: 'SendingTimeThreshold', hint: 'seconds' },
  'session.maxMessageBytes': { label: 'Largest message', hint: 'bytes; a larger one ends the session' },
  'session.engineMemoryMb': { label: 'Engine memory', hint: 'MB; an engine with more is logged out and started again' },
  'session.whenDisconnected': {
    label: 'Messages while not logged on',
    words: { refuse: 'are refused', queue: 'are stored and sent after Logon' },
  },
  'session.dictionaryFile': { label: 'Dictionary', placeholder: 'FIX 4.4', hint: 'QuickFIX XML' },
  'session.backupHosts': {
    label: 'Backup hosts',
    lines: hostPortLines,
    placeholder: 'host:port, one a line',
    hint: 'in order of priority',
  },
  'session.logonTags': {
    label: 'Extra Logon tags',
    lines: tagLines,
    placeholder: 'tag=value, one a line',
    hint: '***: stored, never shown',
  },
  'session.secretTags': {
    label: 'Secret Logon tags',
    lines: numberLines,
    placeholder: 'one a line',
    hint: 'extra tags whose values are stored encrypted and never shown',
  },
  'session.failbackMs': { label: 'Failback', hint: 'seconds; 0: at the next reconnect' },
} as const;

const SCHEDULE = {
  'session.schedule': {
    label: 'Schedule',
    words: { always: 'always on', daily: 'daily', weekly: 'weekly' },
    shown: ({ session }: LpConfig) => scheduleText(session.schedule),
  },
  'session.schedule.timeZone': {
    label: 'Time zone',
    when: scheduled,
    initial: 'America/New_York',
    placeholder: 'America/New_York',
  },
  'session.schedule.startDay': { label: 'Start day', words: DAYS, when: weekly, initial: '0' },
  'session.schedule.startTime': { label: 'Start time', when: scheduled, initial: '17:05', placeholder: '17:05' },
  'session.schedule.endDay': { label: 'End day', words: DAYS, when: weekly, initial: '5' },
  'session.schedule.endTime': { label: 'End time', when: scheduled, initial: '16:55', placeholder: '16:55' },
  'session.schedule.breakStart': { label: 'Break from', when: weekly, placeholder: 'none' },
  'session.schedule.breakEnd': { label: 'Break to', when: weekly, placeholder: 'none' },
} as const;

const RECONNECT = {
  'retry.baseMs': { label: 'First wait, lost link', hint: 'seconds' },
  'retry.logonBaseMs': { label: 'First wait, refused logon', hint: 'seconds' },
  'retry.factor': { label: 'Factor' },
  'retry.capMs': { label: 'Longest wait', hint: 'seconds' },
  'retry.maxAttempts': { label: 'Attempts', hint: '0: no limit' },
  'retry.stableMs': { label: 'Stable after', hint: 'seconds logged on' },
} as const;

/** An option of the schema without a label, or with a label that lacks words, does not compile. */
export const LABELS = { ...CONNECTION, ...TUNNEL, ...SESSION, ...SCHEDULE, ...RECONNECT } satisfies Labels;

interface SectionLabels {
  readonly title: string;
  /** Open from the start; the others show their fields on a press. */
  readonly open: boolean;
  readonly when?: (values: FormValues) => boolean;
  readonly labels: Readonly<Record<string, Label>>;
}

export const SECTIONS: readonly SectionLabels[] = [
  { title: 'Connection', open: true, labels: CONNECTION },
  { title: 'Tunnel', open: true, when: (values) => isOn(values, 'SSL'), labels: TUNNEL },
  { title: 'Session', open: false, labels: SESSION },
  { title: 'Schedule', open: false, labels: SCHEDULE },
  { title: 'Reconnect', open: false, labels: RECONNECT },
];
