import { describe, expect, test } from 'vitest';
import { DEFAULT_SESSION, DEFAULT_TUNNEL } from '../../../main/contracts/lp-config.ts';
import { checkDraft } from '../../../main/lp-config/lp-draft.ts';
import { toRecord } from '../../../main/lp-config/lp-row.ts';
import { draft, problems, row, secrets } from './rows.ts';

const schedule = {
  kind: 'weekly',
  timeZone: 'America/New_York',
  startDay: 0,
  endDay: 5,
  startTime: '17:05',
  endTime: '16:55',
  breakStart: '16:59',
  breakEnd: '17:04',
};

describe('a row is accepted with', () => {
  test.each([
    ['a provider with every allowed character', { Provider: 'a_B.c-9' }],
    ['an IPv4 address', { Host: '10.0.0.1' }],
    ['an IPv6 address', { Host: '2001:db8::1' }],
    ['a single label', { Host: 'localhost' }],
    ['the lowest and highest numbers', { Port: 65_535, HeartBtInt: 1 }],
    ['CompIDs with spaces inside', { SenderCompID: 'DESK LDN', TargetCompID: 'LP|A' }],
    ['a weekly schedule', { session: { schedule } }],
    ['logon tags', { session: { logonTags: [[1137, 'x=y']] } }],
    ['a Windows path', { tunnel: { caFile: 'C:\\certs\\ca.pem' } }],
    ['backup hosts', { session: { backupHosts: [{ host: 'b.example', port: 1 }] } }],
  ])('%s', (_, change) => {
    expect(problems(change)).toEqual([]);
  });
});

describe('a row is refused, naming column and rule, with', () => {
  test.each([
    [{ Provider: 'a/b' }, 'Provider: must have 1 to 64 letters'],
    [{ Provider: '..' }, 'Provider: must have'],
    [{ Host: null }, 'Host: must be a DNS name or an IP address'],
    [{ Host: 'lp.example:9876' }, 'Host: must be a DNS name'],
    [{ Host: '10.0.0.300' }, 'Host: must be'],
    [{ Host: '-lp.example' }, 'Host: must be'],
    [{ Port: 0 }, 'Port: must be a whole number from 1 to 65535'],
    [{ Port: 65_536 }, 'Port: must be'],
    [{ Port: null }, 'Port: must be'],
    [{ SenderCompID: '' }, 'SenderCompID: must have 1 to 64 printable ASCII'],
    [{ SenderCompID: 'A\x01B' }, 'SenderCompID: must have'],
    [{ TargetCompID: 'A=B' }, 'TargetCompID: must have'],
    [{ TargetCompID: 'LPÄ' }, 'TargetCompID: must have'],
    [{ TargetCompID: ' LP' }, 'TargetCompID: must have'],
    [{ HeartBtInt: 0 }, 'HeartBtInt: must be a whole number from 1 to 3600 (seconds)'],
    [{ HeartBtInt: 3_601 }, 'HeartBtInt: must be'],
    [{ SSL: null }, 'SSL: must be true or false'],
    [{ username: 'a\x01554=b' }, 'username: must have 1 to 256 printable ASCII'],
    [{ retry: { basMs: 1 } }, 'retry.basMs: is not an option'],
    [{ retry: { baseMs: 1 } }, 'retry.baseMs: must be a whole number from 50'],
    [{ retry: { baseMs: 500, capMs: 100 } }, 'retry.capMs: must not be less than retry.baseMs'],
    [{ retry: [] }, 'retry: must be a JSON object'],
    [{ tunnel: { verify: 'maybe' } }, 'tunnel.verify: must be one of chain, pinned, none'],
    [{ tunnel: { caFile: 'ca.pem' } }, 'tunnel.caFile: must be the absolute path'],
    [{ tunnel: { caFile: '/a\nexec = /bin/sh' } }, 'tunnel.caFile: must be the absolute path'],
    [{ tunnel: { checkHost: 'a\nb' } }, 'tunnel.checkHost: must be a DNS name'],
    [{ SSL: true, tunnel: { verify: 'pinned' } }, 'tunnel.caFile: must name the file with the pinned certificate'],
    [{ SSL: true, tunnel: { keyFile: '/k.pem' } }, 'tunnel.certFile: must be given with tunnel.keyFile'],
    [{ session: { logonTags: [[141, 'Y']] } }, 'session.logonTags.0.0: must be a tag'],
    [
      { session: { logonTags: [[925, 'x']] } },
      'session.logonTags.0.0: must not be NewPassword(925): NewPassword(925) has a field of its own',
    ],
    [{ session: { logonTags: [[554, 'x']] } }, 'Password(554) has a field of its own'],
    [{ session: { logonTags: [[553, 'x']] } }, 'Username(553) has a field of its own'],
    [{ session: { logonTags: [[5001, 'a\x01b']] } }, 'session.logonTags.0.1: must have 1 to 256'],
    [{ session: { backupHosts: [{ host: 'b', port: 0 }] } }, 'session.backupHosts.0.port: must be a whole number'],
    [
      { session: { schedule: { ...schedule, timeZone: 'Mars/Olympus' } } },
      'session.schedule.timeZone: must be an IANA time zone',
    ],
    [
      { session: { schedule: { ...schedule, startTime: '24:00' } } },
      'session.schedule.startTime: must be a time of day as HH:MM',
    ],
    [{ session: { schedule: { ...schedule, startDay: 7 } } }, 'session.schedule.startDay: must be a whole number from 0 to 6'],
    [{ session: { schedule: { ...schedule, breakEnd: null } } }, 'session.schedule.breakEnd: must be given together'],
    [{ session: { schedule: { ...schedule, kind: 'daily' } } }, 'session.schedule.breakStart: must be null in a daily'],
    [{ session: { schedule: { ...schedule, oops: 1 } } }, 'session.schedule.oops: is not an option'],
    [{ password: Buffer.from('not encrypted by a console, whatever it is') }, 'password: cannot be decrypted'],
    [{ session: { logonTags: [[5001, 'x']] } }, 'session.logonTags: must not have the value of 5001 in plain text'],
    [{ session: { logonTags: [[1137, null]] } }, 'session.logonTags: must have a value for each tag that is not in'],
  ])('%j', (change, expected) => {
    const found = problems(change);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });
});

test('all problems of a row are named, not the first alone', () => {
  expect(
    problems({ Host: null, Port: null, SenderCompID: null, session: { x: 1, y: 2 } }).map((text) => text.split(':')[0]),
  ).toEqual(['Host', 'Port', 'SenderCompID', 'session.x', 'session.y']);
});

test('what no console wrote into the state columns counts as not set', () => {
  const record = toRecord(
    row({ status: 9, status_reason: { code: 'no-such-reason' }, status_at: Number.POSITIVE_INFINITY }),
    secrets,
  );
  expect(record).toMatchObject({ status: 0, statusReason: null, statusAtMs: null, config: { valid: true } });
});

test('defaults stand where a row says nothing', () => {
  const { config } = toRecord(row({ session: { resetOnLogon: true } }), secrets);
  expect(config).toMatchObject({
    valid: true,
    value: { session: { ...DEFAULT_SESSION, resetOnLogon: true }, tunnel: DEFAULT_TUNNEL },
  });
});

describe('a draft', () => {
  test('that obeys the rules passes as it is', () => {
    const given = draft({ session: { resetOnLogon: true }, password: 'x', newPassword: 'y' });
    expect(checkDraft(given)).toEqual({ ok: true, value: given });
  });

  test.each([
    [{ provider: 'a b' }, 'Provider'],
    [{ host: '' }, 'Host'],
    [{ port: 1.5 }, 'Port'],
    [{ senderCompId: '' }, 'SenderCompID'],
    [{ heartBtInt: 0 }, 'HeartBtInt'],
    [{ tunnel: { caFile: 'x' } }, 'tunnel.caFile'],
    [{ ssl: true, tunnel: { verify: 'pinned' as const } }, 'tunnel.caFile'],
    [{ password: '' }, 'password'],
    [{ newPassword: 'a\x01b' }, 'new_password'],
    [{ retry: { factor: 0.5 } }, 'retry.factor'],
    [{ retry: { oops: 1 } as object }, 'retry.oops'],
    [{ surprise: 1 } as object, 'surprise'],
  ])('with %j fails for the user, with field %s', (change, field) => {
    const result = checkDraft(draft(change));
    expect(result).toMatchObject({ ok: false, error: { kind: 'user', code: 'config-invalid', field } });
    expect(result.ok ? '' : result.error.message).toContain(field);
  });
});
