import {
  compId,
  file,
  fixValue,
  host,
  hostPorts,
  integer,
  logonTags,
  number,
  optional,
  port,
  provider,
  type Rule,
  time,
  timeZone,
} from './lp-form-rules.ts';

/** One input of the form. `path` is the name that a Failure's field uses: the column, or the key in its jsonb column. */
export interface FieldSpec {
  readonly path: string;
  readonly label: string;
  readonly kind: 'text' | 'number' | 'switch' | 'select' | 'lines' | 'password';
  readonly rule?: Rule;
  readonly options?: readonly (readonly [value: string, label: string])[];
  readonly placeholder?: string;
  readonly hint?: string;
  /** Only shown, and only checked, when this holds. */
  readonly when?: (values: FormValues) => boolean;
}

/** As typed: text for every input, 'yes' or '' for a switch. */
export type FormValues = Readonly<Record<string, string>>;

/** Whether a switch is on. */
export const isOn = (values: FormValues, path: string): boolean => values[path] === 'yes';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'].map(
  (day, index) => [String(index), day] as const,
);
const overTls = (values: FormValues): boolean => isOn(values, 'SSL');
const scheduled = (values: FormValues): boolean => values['session.schedule'] !== 'always';
const weekly = (values: FormValues): boolean => values['session.schedule'] === 'weekly';

const text = (path: string, label: string, rule: Rule, more: Partial<FieldSpec> = {}): FieldSpec => ({
  path,
  label,
  kind: 'text',
  rule,
  ...more,
});
const digits = (path: string, label: string, rule: Rule, more: Partial<FieldSpec> = {}): FieldSpec => ({
  path,
  label,
  kind: 'number',
  rule,
  ...more,
});

export interface FormSection {
  readonly title: string;
  /** Open from the start; the others show their fields on a press. */
  readonly open: boolean;
  readonly when?: (values: FormValues) => boolean;
  readonly fields: readonly FieldSpec[];
}

export const FORM_SECTIONS: readonly FormSection[] = [
  {
    title: 'Connection',
    open: true,
    fields: [
      text('Provider', 'Provider', provider, { hint: 'names the LP and its log folder; fixed once created' }),
      { path: 'SSL', label: 'SSL', kind: 'switch', hint: 'through a stunnel of its own' },
      text('Host', 'Host', host),
      digits('Port', 'Port', port),
      text('SenderCompID', 'SenderCompID', compId, { hint: 'ours' }),
      text('TargetCompID', 'TargetCompID', compId, { hint: 'the LP’s' }),
      digits('HeartBtInt', 'HeartBtInt', integer(1, 3_600), { hint: 'seconds' }),
      {
        path: 'session.cancelsOnDisconnect',
        label: 'Cancels on disconnect',
        kind: 'select',
        options: [
          ['unknown', 'not known'],
          ['yes', 'yes: the LP cancels open orders'],
          ['no', 'no: orders stay alive'],
        ],
        hint: 'shown before a kill',
      },
      text('username', 'Username', optional(fixValue), { hint: '553 on Logon' }),
      { path: 'password', label: 'Password', kind: 'password', rule: optional(fixValue), hint: '554 on Logon; write-only' },
      {
        path: 'new_password',
        label: 'NewPassword',
        kind: 'password',
        rule: optional(fixValue),
        hint: '925, if the LP takes it; replaces the password at the next accepted Logon',
      },
    ],
  },
  {
    title: 'Tunnel',
    open: true,
    when: overTls,
    fields: [
      {
        path: 'tunnel.verify',
        label: 'Verify',
        kind: 'select',
        options: [
          ['chain', 'the chain leads to the CA file'],
          ['pinned', 'the certificate is in the CA file'],
          ['none', 'nothing (tests only)'],
        ],
      },
      {
        path: 'tunnel.minVersion',
        label: 'Minimum TLS version',
        kind: 'select',
        options: [
          ['TLSv1.2', 'TLS 1.2'],
          ['TLSv1.3', 'TLS 1.3'],
        ],
      },
      text('tunnel.caFile', 'CA file', optional(file), { placeholder: 'the system’s CAs' }),
      text('tunnel.checkHost', 'Check host', optional(host), { placeholder: 'Host' }),
      text('tunnel.sni', 'SNI', optional(host), { placeholder: 'Host' }),
      text('tunnel.certFile', 'Client certificate', optional(file), { placeholder: 'none' }),
      text('tunnel.keyFile', 'Client key', optional(file), { placeholder: 'none' }),
    ],
  },
  {
    title: 'Session',
    open: false,
    fields: [
      { path: 'session.resetOnLogon', label: 'ResetSeqNumFlag', kind: 'switch', hint: '141=Y on every Logon' },
      {
        path: 'session.resetNotHonoured',
        label: 'If the LP does not reset',
        kind: 'select',
        options: [
          ['refuse', 'its Logon is refused'],
          ['continue', 'what is missing is asked for'],
        ],
      },
      {
        path: 'session.sendNextExpected',
        label: 'NextExpectedMsgSeqNum',
        kind: 'switch',
        hint: '789 on every Logon',
      },
      { path: 'session.validate', label: 'Validate messages', kind: 'switch', hint: 'against the dictionary' },
      text('session.senderSubId', 'SenderSubID', optional(compId), { placeholder: 'none' }),
      text('session.targetSubId', 'TargetSubID', optional(compId), { placeholder: 'none' }),
      digits('session.logonTimeoutMs', 'LogonTimeout', number(0.1, 600), { hint: 'seconds' }),
      digits('session.logoutAckMs', 'LogoutAckThreshold', number(0, 60), { hint: 'seconds' }),
      digits('session.testRequestThreshold', 'TestRequestThreshold', number(0, 500), { hint: '% over HeartBtInt' }),
      digits('session.sendingTimeThresholdMs', 'SendingTimeThreshold', number(0, 86_400), { hint: 'seconds' }),
      digits('session.maxMessageBytes', 'Largest message', integer(4_096, 8_388_608), {
        hint: 'bytes; a larger one ends the session',
      }),
      {
        path: 'session.whenDisconnected',
        label: 'Messages while not logged on',
        kind: 'select',
        options: [
          ['refuse', 'are refused'],
          ['queue', 'are stored and sent after Logon'],
        ],
      },
      text('session.dictionaryFile', 'Dictionary', optional(file), { placeholder: 'FIX 4.4', hint: 'QuickFIX XML' }),
      {
        path: 'session.backupHosts',
        label: 'Backup hosts',
        kind: 'lines',
        rule: hostPorts,
        placeholder: 'host:port, one a line',
        hint: 'in order of priority',
      },
      {
        path: 'session.logonTags',
        label: 'Extra Logon tags',
        kind: 'lines',
        rule: logonTags,
        placeholder: 'tag=value, one a line',
      },
      digits('session.failbackMs', 'Failback', number(0, 604_800), { hint: 'seconds; 0: at the next reconnect' }),
    ],
  },
  {
    title: 'Schedule',
    open: false,
    fields: [
      {
        path: 'session.schedule',
        label: 'Schedule',
        kind: 'select',
        options: [
          ['always', 'always on'],
          ['daily', 'daily'],
          ['weekly', 'weekly'],
        ],
      },
      text('session.schedule.timeZone', 'Time zone', timeZone, { when: scheduled, placeholder: 'America/New_York' }),
      { path: 'session.schedule.startDay', label: 'Start day', kind: 'select', options: DAYS, when: weekly },
      text('session.schedule.startTime', 'Start time', time, { when: scheduled, placeholder: '17:05' }),
      { path: 'session.schedule.endDay', label: 'End day', kind: 'select', options: DAYS, when: weekly },
      text('session.schedule.endTime', 'End time', time, { when: scheduled, placeholder: '16:55' }),
      text('session.schedule.breakStart', 'Break from', optional(time), { when: weekly, placeholder: 'none' }),
      text('session.schedule.breakEnd', 'Break to', optional(time), { when: weekly, placeholder: 'none' }),
    ],
  },
  {
    title: 'Reconnect',
    open: false,
    fields: [
      digits('retry.baseMs', 'First wait, lost link', number(0.05, 3_600), { hint: 'seconds' }),
      digits('retry.logonBaseMs', 'First wait, refused logon', number(0.05, 3_600), { hint: 'seconds' }),
      digits('retry.factor', 'Factor', number(1, 10)),
      digits('retry.capMs', 'Longest wait', number(0.05, 86_400), { hint: 'seconds' }),
      digits('retry.maxAttempts', 'Attempts', integer(0, 1_000_000), { hint: '0: no limit' }),
      digits('retry.stableMs', 'Stable after', number(0, 86_400), { hint: 'seconds logged on' }),
    ],
  },
];

export const FORM_FIELDS: readonly FieldSpec[] = FORM_SECTIONS.flatMap((section) => section.fields);
