import {
  DEFAULT_RETRY,
  DEFAULT_SESSION,
  DEFAULT_TUNNEL,
  type LpConfig,
  type LpDraft,
  type SessionSchedule,
} from '../../main/contracts/lp-config.ts';
import { FORM_FIELDS, FORM_SECTIONS, type FormValues, isOn } from './lp-form-fields.ts';
import { linesOf, splitHostPort } from './lp-form-rules.ts';

/** What is wrong, by field. */
export type FormProblems = Readonly<Record<string, string>>;

const seconds = (ms: number): string => String(ms / 1_000);
const yes = (value: boolean): string => (value ? 'yes' : '');

/** The form of a stored configuration, or of a new LP (null). No password: it is write-only. */
export function formOf(config: LpConfig | null): FormValues {
  const session = config?.session ?? DEFAULT_SESSION;
  const tunnel = config?.tunnel ?? DEFAULT_TUNNEL;
  const retry = config?.retry ?? DEFAULT_RETRY;
  const { schedule } = session;
  return {
    Provider: config?.provider ?? '',
    Host: config?.host ?? '',
    Port: config === null ? '' : String(config.port),
    SenderCompID: config?.senderCompId ?? '',
    TargetCompID: config?.targetCompId ?? '',
    HeartBtInt: String(config?.heartBtInt ?? 30),
    SSL: yes(config?.ssl ?? false),
    username: config?.username ?? '',
    password: '',
    new_password: '',
    'tunnel.verify': tunnel.verify,
    'tunnel.caFile': tunnel.caFile ?? '',
    'tunnel.checkHost': tunnel.checkHost ?? '',
    'tunnel.sni': tunnel.sni ?? '',
    'tunnel.minVersion': tunnel.minVersion,
    'tunnel.certFile': tunnel.certFile ?? '',
    'tunnel.keyFile': tunnel.keyFile ?? '',
    'session.resetOnLogon': yes(session.resetOnLogon),
    'session.resetNotHonoured': session.resetNotHonoured,
    'session.sendNextExpected': yes(session.sendNextExpected),
    'session.senderSubId': session.senderSubId ?? '',
    'session.targetSubId': session.targetSubId ?? '',
    'session.logonTags': session.logonTags.map(([tag, value]) => `${tag}=${value}`).join('\n'),
    'session.logonTimeoutMs': seconds(session.logonTimeoutMs),
    'session.logoutAckMs': seconds(session.logoutAckMs),
    'session.testRequestThreshold': String(Math.round(session.testRequestThreshold * 1_000) / 10),
    'session.sendingTimeThresholdMs': seconds(session.sendingTimeThresholdMs),
    'session.maxMessageBytes': String(session.maxMessageBytes),
    'session.validate': yes(session.validate),
    'session.dictionaryFile': session.dictionaryFile ?? '',
    'session.whenDisconnected': session.whenDisconnected,
    'session.cancelsOnDisconnect': session.cancelsOnDisconnect,
    'session.backupHosts': session.backupHosts.map((backup) => `${backup.host}:${backup.port}`).join('\n'),
    'session.failbackMs': seconds(session.failbackMs),
    'session.schedule': schedule?.kind ?? 'always',
    'session.schedule.timeZone': schedule?.timeZone ?? 'America/New_York',
    'session.schedule.startDay': String(schedule?.startDay ?? 0),
    'session.schedule.endDay': String(schedule?.endDay ?? 5),
    'session.schedule.startTime': schedule?.startTime ?? '17:05',
    'session.schedule.endTime': schedule?.endTime ?? '16:55',
    'session.schedule.breakStart': schedule?.breakStart ?? '',
    'session.schedule.breakEnd': schedule?.breakEnd ?? '',
    'retry.baseMs': seconds(retry.baseMs),
    'retry.logonBaseMs': seconds(retry.logonBaseMs),
    'retry.factor': String(retry.factor),
    'retry.capMs': seconds(retry.capMs),
    'retry.maxAttempts': String(retry.maxAttempts),
    'retry.stableMs': seconds(retry.stableMs),
  };
}

/** Every rule that is broken by what is typed; what is not shown is not checked. */
export function problemsOf(values: FormValues): FormProblems {
  const problems: Record<string, string> = {};
  for (const section of FORM_SECTIONS) {
    if (section.when?.(values) === false) continue;
    for (const { path, rule, when } of section.fields) {
      if (when?.(values) === false) continue;
      const problem = rule?.(values[path] ?? '') ?? null;
      if (problem !== null) problems[path] = problem;
    }
  }
  return { ...combinedProblems(values), ...problems };
}

function combinedProblems(values: FormValues): FormProblems {
  const problems: Record<string, string> = {};
  if (Number(values['retry.capMs']) < Number(values['retry.baseMs'])) {
    problems['retry.capMs'] = 'must not be less than the first wait';
  }
  if (isOn(values, 'SSL')) {
    if (values['tunnel.verify'] === 'pinned' && values['tunnel.caFile'] === '') {
      problems['tunnel.caFile'] = 'must name the file with the pinned certificate';
    }
    if (values['tunnel.keyFile'] !== '' && values['tunnel.certFile'] === '') {
      problems['tunnel.certFile'] = 'must be given with the client key';
    }
  }
  if (
    values['session.schedule'] === 'weekly' &&
    (values['session.schedule.breakStart'] === '') !== (values['session.schedule.breakEnd'] === '')
  ) {
    problems['session.schedule.breakEnd'] = 'a break needs both its start and its end';
  }
  return problems;
}

/** The form's field for a Failure's field: the same, or the nearest above it (`session.backupHosts.0.host`). Null: none. */
export function fieldOf(failureField: string | undefined): string | null {
  let path = failureField ?? '';
  while (path !== '') {
    if (FORM_FIELDS.some((field) => field.path === path)) return path;
    path = path.slice(0, Math.max(0, path.lastIndexOf('.')));
  }
  return null;
}

/**
 * The draft of a form without problems. `removePassword`, `removeNewPassword`: null is sent, which removes the stored one; else an
 * empty one is left out, which keeps it.
 */
export function draftOf(values: FormValues, removePassword: boolean, removeNewPassword = false): LpDraft {
  const at = (path: string): string => values[path] ?? '';
  const orNull = (path: string): string | null => at(path).trim() || null;
  const ms = (path: string): number => Math.round(Number(at(path)) * 1_000);
  const is = (path: string): boolean => isOn(values, path);
  const password = removePassword ? { password: null } : at('password') === '' ? {} : { password: at('password') };
  const newPassword = removeNewPassword
    ? { newPassword: null }
    : at('new_password') === ''
      ? {}
      : { newPassword: at('new_password') };
  return {
    provider: at('Provider'),
    host: at('Host'),
    port: Number(at('Port')),
    senderCompId: at('SenderCompID'),
    targetCompId: at('TargetCompID'),
    heartBtInt: Number(at('HeartBtInt')),
    ssl: is('SSL'),
    username: orNull('username'),
    ...password,
    ...newPassword,
    retry: {
      baseMs: ms('retry.baseMs'),
      logonBaseMs: ms('retry.logonBaseMs'),
      factor: Number(at('retry.factor')),
      capMs: ms('retry.capMs'),
      maxAttempts: Number(at('retry.maxAttempts')),
      stableMs: ms('retry.stableMs'),
    },
    tunnel: {
      verify: at('tunnel.verify') === 'pinned' ? 'pinned' : at('tunnel.verify') === 'none' ? 'none' : 'chain',
      caFile: orNull('tunnel.caFile'),
      checkHost: orNull('tunnel.checkHost'),
      sni: orNull('tunnel.sni'),
      minVersion: at('tunnel.minVersion') === 'TLSv1.3' ? 'TLSv1.3' : 'TLSv1.2',
      certFile: orNull('tunnel.certFile'),
      keyFile: orNull('tunnel.keyFile'),
    },
    session: {
      resetOnLogon: is('session.resetOnLogon'),
      resetNotHonoured: at('session.resetNotHonoured') === 'continue' ? 'continue' : 'refuse',
      sendNextExpected: is('session.sendNextExpected'),
      senderSubId: orNull('session.senderSubId'),
      targetSubId: orNull('session.targetSubId'),
      logonTags: linesOf(at('session.logonTags')).map((line) => [
        Number(line.slice(0, line.indexOf('='))),
        line.slice(line.indexOf('=') + 1),
      ]),
      logonTimeoutMs: ms('session.logonTimeoutMs'),
      logoutAckMs: ms('session.logoutAckMs'),
      testRequestThreshold: Number(at('session.testRequestThreshold')) / 100,
      sendingTimeThresholdMs: ms('session.sendingTimeThresholdMs'),
      maxMessageBytes: Number(at('session.maxMessageBytes')),
      validate: is('session.validate'),
      dictionaryFile: orNull('session.dictionaryFile'),
      whenDisconnected: at('session.whenDisconnected') === 'queue' ? 'queue' : 'refuse',
      cancelsOnDisconnect:
        at('session.cancelsOnDisconnect') === 'yes' ? 'yes' : at('session.cancelsOnDisconnect') === 'no' ? 'no' : 'unknown',
      backupHosts: linesOf(at('session.backupHosts'))
        .map(splitHostPort)
        .map((backup) => ({ host: backup.host, port: Number(backup.port) })),
      failbackMs: ms('session.failbackMs'),
      schedule: scheduleOf(values),
    },
  };
}

function scheduleOf(values: FormValues): SessionSchedule | null {
  const kind = values['session.schedule'];
  if (kind !== 'daily' && kind !== 'weekly') return null;
  const at = (name: string): string => values[`session.schedule.${name}`] ?? '';
  return {
    kind,
    timeZone: at('timeZone'),
    startDay: Number(at('startDay')),
    endDay: Number(at('endDay')),
    startTime: at('startTime'),
    endTime: at('endTime'),
    breakStart: kind === 'weekly' ? at('breakStart') || null : null,
    breakEnd: kind === 'weekly' ? at('breakEnd') || null : null,
  };
}
