import type { LpConfig, SessionSchedule } from '../../main/contracts/lp-config.ts';
import { duration, grouped } from './format.ts';

interface ConfigGroup {
  readonly title: string;
  readonly rows: readonly (readonly [name: string, value: string])[];
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const yes = (value: boolean): string => (value ? 'yes' : 'no');
const orNone = (value: string | null): string => value ?? '–';

export function scheduleText(schedule: SessionSchedule | null): string {
  if (schedule === null) return 'always on';
  const { kind, startDay, endDay, startTime, endTime, breakStart, breakEnd, timeZone } = schedule;
  if (kind === 'daily') return `daily ${startTime}–${endTime} ${timeZone}`;
  const pause = breakStart === null || breakEnd === null ? '' : `, break ${breakStart}–${breakEnd}`;
  return `${DAYS[startDay]} ${startTime} to ${DAYS[endDay]} ${endTime}${pause} ${timeZone}`;
}

/** A configuration as names and values, grouped; no secret is in it, because none is in an LpConfig. */
export function configGroups(config: LpConfig): readonly ConfigGroup[] {
  const { session, tunnel, retry } = config;
  return [
    {
      title: 'Connection',
      rows: [
        ['Provider', config.provider],
        ['Host', config.host],
        ['Port', String(config.port)],
        ['Backup hosts', session.backupHosts.map(({ host, port }) => `${host}:${port}`).join(', ') || '–'],
        ['Failback', session.failbackMs === 0 ? 'at the next reconnect' : `every ${duration(session.failbackMs)}`],
        ['SenderCompID', config.senderCompId],
        ['TargetCompID', config.targetCompId],
        ['SenderSubID', orNone(session.senderSubId)],
        ['TargetSubID', orNone(session.targetSubId)],
        ['HeartBtInt', `${config.heartBtInt} s`],
        ['SSL', yes(config.ssl)],
        ['Username', orNone(config.username)],
        ['Password', config.hasPassword ? 'stored, never shown' : '–'],
        ['NewPassword', config.hasNewPassword ? 'stored, sent with the next Logon' : '–'],
      ],
    },
    {
      title: 'Session',
      rows: [
        ['ResetSeqNumFlag', yes(session.resetOnLogon)],
        ['If the LP does not reset', session.resetNotHonoured === 'refuse' ? 'refuse its Logon' : 'ask for what is missing'],
        ['NextExpectedMsgSeqNum', yes(session.sendNextExpected)],
        ['Schedule', scheduleText(session.schedule)],
        ['Cancels on disconnect', session.cancelsOnDisconnect === 'unknown' ? 'not known' : session.cancelsOnDisconnect],
        ['When not logged on', session.whenDisconnected === 'queue' ? 'queue and resend' : 'refuse'],
        ['LogonTimeout', duration(session.logonTimeoutMs)],
        ['LogoutAckThreshold', duration(session.logoutAckMs)],
        ['TestRequestThreshold', `${Math.round(session.testRequestThreshold * 100)} %`],
        ['SendingTimeThreshold', duration(session.sendingTimeThresholdMs)],
        ['Largest message', `${grouped(session.maxMessageBytes)} bytes`],
        ['Validate messages', yes(session.validate)],
        ['Dictionary', session.dictionaryFile ?? 'FIX 4.4'],
        ['Extra Logon tags', session.logonTags.map(([tag, value]) => `${tag}=${value}`).join(' ') || '–'],
      ],
    },
    {
      title: 'Reconnect',
      rows: [
        ['First wait, lost link', duration(retry.baseMs)],
        ['First wait, refused logon', duration(retry.logonBaseMs)],
        ['Factor', String(retry.factor)],
        ['Longest wait', duration(retry.capMs)],
        ['Attempts', retry.maxAttempts === 0 ? 'no limit' : grouped(retry.maxAttempts)],
        ['Stable after', duration(retry.stableMs)],
      ],
    },
    ...(config.ssl
      ? [
          {
            title: 'Tunnel',
            rows: [
              ['Verify', tunnel.verify === 'none' ? 'NOTHING: for tests only' : tunnel.verify],
              ['CA file', tunnel.caFile ?? 'system CAs'],
              ['Check host', tunnel.checkHost ?? config.host],
              ['SNI', tunnel.sni ?? config.host],
              ['Minimum version', tunnel.minVersion],
              ['Client certificate', orNone(tunnel.certFile)],
              ['Client key', orNone(tunnel.keyFile)],
            ] as const,
          },
        ]
      : []),
  ];
}
