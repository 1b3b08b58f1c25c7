import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { DialTarget, EngineSettings } from '../contracts/engine-protocol.ts';
import { DEFAULT_SESSION } from '../contracts/session-defaults.ts';
import type { ApplicationOptions } from './session-settings.ts';

/** One engine by itself. */
export interface StandAlone {
  readonly settings: EngineSettings;
  readonly target: Extract<DialTarget, { readonly port: number }>;
  readonly applicationOptions: ApplicationOptions;
  /** Sends every application message back. */
  readonly reflect: boolean;
  readonly reconnectMs: number;
}

const OPTIONS = {
  host: { type: 'string' },
  port: { type: 'string' },
  sender: { type: 'string' },
  target: { type: 'string' },
  heartbeat: { type: 'string', default: '30' },
  data: { type: 'string' },
  reflect: { type: 'boolean', default: false },
  'reconnect-ms': { type: 'string', default: '500' },
  username: { type: 'string' },
  password: { type: 'string' },
  'new-password': { type: 'string' },
  'sender-sub-id': { type: 'string' },
  'target-sub-id': { type: 'string' },
  'logon-tag': { type: 'string', multiple: true },
  'reset-on-logon': { type: 'boolean', default: false },
  'reset-not-honoured': { type: 'string', default: DEFAULT_SESSION.resetNotHonoured },
  'send-next-expected': { type: 'boolean', default: false },
  'logon-timeout-ms': { type: 'string', default: String(DEFAULT_SESSION.logonTimeoutMs) },
  'logout-ack-ms': { type: 'string', default: String(DEFAULT_SESSION.logoutAckMs) },
  'test-request-threshold': { type: 'string', default: String(DEFAULT_SESSION.testRequestThreshold) },
  'sending-time-threshold-ms': { type: 'string', default: String(DEFAULT_SESSION.sendingTimeThresholdMs) },
  'max-message-bytes': { type: 'string', default: String(DEFAULT_SESSION.maxMessageBytes) },
  'no-validate': { type: 'boolean', default: false },
  dictionary: { type: 'string' },
  queue: { type: 'boolean', default: false },
  supported: { type: 'string' },
  'never-resend': { type: 'string' },
} as const;

export const USAGE = `One FIX 4.4 initiator by itself:
  engine --host H --port P --sender S --target T --data DIR [--heartbeat SECONDS] [--reflect]
    --username U --password W --new-password N   --sender-sub-id S   --target-sub-id S   --logon-tag TAG=VALUE (again for more)
    --reset-on-logon            141=Y on every Logon
    --reset-not-honoured continue   carry on with a counterparty that does not reset (default: refuse)
    --send-next-expected        NextExpectedMsgSeqNum(789) in every Logon
    --logon-timeout-ms N        --logout-ack-ms N   --test-request-threshold 0.2   --sending-time-threshold-ms N
    --max-message-bytes N       a larger message ends the session
    --no-validate               --dictionary FILE   QuickFIX XML of the counterparty's dialect
    --queue                     application messages to send while not logged on are queued, not refused
    --supported D,8,…           MsgTypes that the application takes (default: all)
    --never-resend W,X,…        MsgTypes that a ResendRequest does not bring back
    --reflect                   every application message is sent back
    --reconnect-ms N            pause between connections
Reports are JSON lines on the standard output. SIGTERM logs out and ends it.
`;

/** Throws an Error that names the option at fault, for the person at the command line. */
export function parseCommandLine(args: readonly string[]): StandAlone {
  const { values } = parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false });
  const required = (name: 'host' | 'port' | 'sender' | 'target' | 'data'): string => {
    const value = values[name];
    if (value === undefined || value === '') throw new Error(`--${name} is missing`);
    return value;
  };
  const number = (name: keyof typeof OPTIONS, text: string, min: number, max: number): number => {
    const value = Number(text);
    if (!(value >= min && value <= max)) throw new Error(`--${name} ${text}: give a number from ${min} to ${max}`);
    return value;
  };
  const dataDir = required('data');
  return {
    settings: {
      provider: required('target'),
      senderCompId: required('sender'),
      targetCompId: required('target'),
      heartBtInt: number('heartbeat', values.heartbeat, 1, 3600),
      session: {
        ...DEFAULT_SESSION,
        resetOnLogon: values['reset-on-logon'],
        resetNotHonoured: refuseOrContinue(values['reset-not-honoured']),
        sendNextExpected: values['send-next-expected'],
        senderSubId: values['sender-sub-id'] ?? null,
        targetSubId: values['target-sub-id'] ?? null,
        logonTimeoutMs: number('logon-timeout-ms', values['logon-timeout-ms'], 1, 3_600_000),
        logoutAckMs: number('logout-ack-ms', values['logout-ack-ms'], 0, 3_600_000),
        testRequestThreshold: number('test-request-threshold', values['test-request-threshold'], 0, 10),
        sendingTimeThresholdMs: number('sending-time-threshold-ms', values['sending-time-threshold-ms'], 1, 86_400_000),
        maxMessageBytes: number('max-message-bytes', values['max-message-bytes'], 4_096, 8_388_608),
        validate: !values['no-validate'],
        dictionaryFile: values.dictionary ?? null,
        whenDisconnected: values.queue ? 'queue' : 'refuse',
      },
      credentials: {
        username: values.username ?? null,
        password: values.password ?? null,
        newPassword: values['new-password'] ?? null,
        logonTags: (values['logon-tag'] ?? []).map(logonTag),
      },
      storeDir: join(dataDir, 'store'),
      logDir: join(dataDir, 'log'),
    },
    target: { host: required('host'), port: number('port', required('port'), 1, 65_535), tunnel: false },
    applicationOptions: { supportedMsgTypes: list(values.supported), neverResendMsgTypes: list(values['never-resend']) ?? [] },
    reflect: values.reflect,
    reconnectMs: number('reconnect-ms', values['reconnect-ms'], 0, 3_600_000),
  };
}

function refuseOrContinue(text: string): 'refuse' | 'continue' {
  if (text === 'refuse' || text === 'continue') return text;
  throw new Error(`--reset-not-honoured ${text}: give refuse or continue`);
}

function list(text: string | undefined): readonly string[] | null {
  return text === undefined ? null : text.split(',').filter((item) => item !== '');
}

function logonTag(text: string): readonly [number, string] {
  const match = /^(\d+)=(.+)$/.exec(text);
  if (match === null) throw new Error(`--logon-tag ${text}: give TAG=VALUE`);
  return [Number(match[1]), match[2] ?? ''];
}
