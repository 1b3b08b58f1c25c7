import { describe, expect, test } from 'vitest';
import { DEFAULT_RETRY, DEFAULT_SESSION, DEFAULT_TUNNEL, type LpConfig } from '../../../main/contracts/lp-config.ts';
import { checkDraft } from '../../../main/lp-config/lp-draft.ts';
import { draftOf, fieldOf, formOf, problemsOf } from '../../../renderer/store/lp-form.ts';
import { FORM_FIELDS } from '../../../renderer/store/lp-form-fields.ts';
import type { FormValues } from '../../../renderer/store/lp-form-labels.ts';
import { secretsToType } from '../../../renderer/store/lp-form-secrets.ts';

const config: LpConfig = {
  provider: 'LP_A',
  host: 'fix.bank.example',
  port: 9443,
  senderCompId: 'US',
  targetCompId: 'BANK',
  heartBtInt: 30,
  ssl: true,
  retry: { ...DEFAULT_RETRY, maxAttempts: 7 },
  tunnel: {
    ...DEFAULT_TUNNEL,
    verify: 'pinned',
    caFile: '/etc/pins/bank.pem',
    certFile: '/c.pem',
    keyFile: '/k.pem',
    minVersion: 'TLSv1.3',
  },
  session: {
    ...DEFAULT_SESSION,
    resetOnLogon: true,
    resetNotHonoured: 'continue',
    sendNextExpected: true,
    senderSubId: 'DESK',
    logonTags: [[5001, 'a=b']],
    logonTimeoutMs: 2_500,
    testRequestThreshold: 0.35,
    whenDisconnected: 'queue',
    cancelsOnDisconnect: 'no',
    backupHosts: [
      { host: 'dr.bank.example', port: 9444 },
      { host: '::1', port: 1 },
    ],
    schedule: {
      kind: 'weekly',
      timeZone: 'America/New_York',
      startDay: 0,
      endDay: 5,
      startTime: '17:05',
      endTime: '16:55',
      breakStart: '16:58',
      breakEnd: '17:04',
    },
  },
  username: 'me',
  hasPassword: true,
  hasNewPassword: false,
  secretsToEnter: [],
  version: 3,
};

const valid = formOf(config);
const typed = (changes: FormValues): FormValues => ({ ...valid, ...changes });

test('a stored configuration goes through the form unchanged', () => {
  expect(problemsOf(valid)).toEqual({});
  const { retry, tunnel, session } = draftOf(valid, false);
  expect({ retry, tunnel, session }).toEqual({ retry: config.retry, tunnel: config.tunnel, session: config.session });
  expect(draftOf(valid, false)).toMatchObject({ provider: 'LP_A', port: 9443, heartBtInt: 30, ssl: true, username: 'me' });
});

test('the password is write-only: empty keeps it, typed replaces it, removal is said', () => {
  expect(valid['password']).toBe('');
  expect('password' in draftOf(valid, false)).toBe(false);
  expect(draftOf(typed({ password: 's3cret' }), false).password).toBe('s3cret');
  expect(draftOf(valid, true).password).toBeNull();
  expect(valid['new_password']).toBe('');
  expect('newPassword' in draftOf(valid, true)).toBe(false);
  expect(draftOf(typed({ new_password: 's3cret' }), false)).toMatchObject({ newPassword: 's3cret' });
  expect(draftOf(valid, false, true).newPassword).toBeNull();
});

test('a new LP asks for what has no default, and for nothing else', () => {
  expect(Object.keys(problemsOf(formOf(null))).sort()).toEqual(['Host', 'Port', 'Provider', 'SenderCompID', 'TargetCompID']);
});

test.each([
  ['Provider', '..'],
  ['Provider', 'a b'],
  ['Provider', 'x'.repeat(65)],
  ['Host', 'host:9000'],
  ['Host', '10.0.0.256'],
  ['Host', '010.0.0.1'],
  ['Host', '1:2:3'],
  ['Host', '-bank.example'],
  ['Port', '0'],
  ['Port', '65536'],
  ['Port', '80.5'],
  ['Port', 'https'],
  ['SenderCompID', 'A=B'],
  ['SenderCompID', ' A'],
  ['TargetCompID', 'Ä'],
  ['HeartBtInt', '0'],
  ['HeartBtInt', '3601'],
  ['username', 'é'],
  ['password', 'é'],
  ['new_password', 'é'],
  ...[8, 9, 10, 34, 35, 43, 49, 50, 52, 56, 57, 97, 98, 108, 122, 141, 553, 554, 789, 925].map((tag): [string, string] => [
    'session.logonTags',
    `${tag}=x`,
  ]),
  ['session.senderSubId', 'A=B'],
  ['session.logonTimeoutMs', '0.05'],
  ['session.logoutAckMs', '61'],
  ['session.testRequestThreshold', '501'],
  ['session.dictionaryFile', 'relative.xml'],
  ['session.schedule.timeZone', 'Mars/Base'],
  ['session.schedule.timeZone', '+02:00'],
  ['session.schedule.startTime', '24:00'],
  ['session.schedule.breakEnd', ''],
  ['retry.factor', '0.5'],
  ['retry.capMs', '0.1'],
  ['retry.maxAttempts', '-1'],
  ['tunnel.checkHost', 'a b'],
  ['tunnel.keyFile', 'key.pem'],
  ['tunnel.caFile', ''],
])('%s “%s” is refused at the field, by the form and by the store', (field, value) => {
  expect(Object.keys(problemsOf(typed({ [field]: value })))).toEqual([field]);
  const stored = checkDraft(draftOf(typed({ [field]: value }), false));
  expect(stored.ok ? null : fieldOf(stored.error.field)).toBe(field);
});

test.each([
  ['Host', '10.0.0.1'],
  ['Host', '::1'],
  ['Host', 'fix_1.bank.example.'],
  ['Provider', 'LP.A-1_b'],
  ['HeartBtInt', '1'],
  ['SenderCompID', 'A B'],
  ['session.backupHosts', 'a.example:1\n\n [::1]:2 '],
  ['session.logonTags', ''],
  ['session.schedule', 'always'],
])('%s “%s” is accepted by the form and by the store', (field, value) => {
  const values = typed({ [field]: value });
  expect(problemsOf(values)).toEqual({});
  expect(checkDraft(draftOf(values, false)).ok).toBe(true);
});

test('a backup host without a port and a Logon tag without a value are refused', () => {
  expect(problemsOf(typed({ 'session.backupHosts': 'a.example' }))).toHaveProperty(['session.backupHosts']);
  expect(problemsOf(typed({ 'session.logonTags': '5001' }))).toHaveProperty(['session.logonTags']);
});

test('a credential among the Logon tags is sent to its own field, by the form and by the store', () => {
  const values = typed({ 'session.logonTags': '5001=a\n925=x' });
  const stored = checkDraft(draftOf(values, false));
  expect(problemsOf(values)['session.logonTags']).toContain('NewPassword(925) has a field of its own');
  expect(stored.ok ? '' : stored.error.message).toContain('NewPassword(925) has a field of its own');
});

test('what is not shown is not checked: the tunnel without SSL, the times without a schedule', () => {
  const noTunnel = typed({ SSL: '', 'tunnel.caFile': '', 'tunnel.keyFile': 'x' });
  expect(problemsOf(noTunnel)).toEqual({});
  expect(checkDraft(draftOf(noTunnel, false)).ok).toBe(true);
  expect(problemsOf(typed({ 'session.schedule': 'always', 'session.schedule.timeZone': 'Mars' }))).toEqual({});
});

test("a failure's field is found at its input, or at the nearest above it", () => {
  expect(fieldOf('HeartBtInt')).toBe('HeartBtInt');
  expect(fieldOf('session.backupHosts.0.host')).toBe('session.backupHosts');
  expect(fieldOf('session.schedule.timeZone')).toBe('session.schedule.timeZone');
  expect(fieldOf('unknown.field')).toBeNull();
  expect(fieldOf(undefined)).toBeNull();
});

test('every field of the form has a value in the form', () => {
  expect(FORM_FIELDS.map((field) => field.path).filter((path) => valid[path] === undefined)).toEqual([]);
});

test('a mistake that is not shown is not sent: what is stored stays', () => {
  const values = { ...formOf(null), SSL: '', 'tunnel.keyFile': 'not a path', 'tunnel.caFile': '/ca.pem' };
  expect(draftOf(values, false).tunnel).toMatchObject({ caFile: '/ca.pem' });
  expect(draftOf(values, false).tunnel).not.toHaveProperty('keyFile');
});

test('too many hosts are said of the list, not of one of its lines', () => {
  const said = (path: string, text: string) => problemsOf(typed({ [path]: text }))[path];
  const hosts = Array.from({ length: 21 }, (_, n) => `h${n}:1`).join('\n');
  expect(said('session.backupHosts', hosts)).toBe('must have 20 hosts at most');
  expect(said('session.backupHosts', 'h:0\nno port')).toBe('h:0: must be a whole number from 1 to 65535');
  expect(said('session.logonTags', '5001=a\nb')).toBe('b: must be tag=value');
});

describe('secrets that are stored for another destination', () => {
  const none = { password: false, newPassword: false };
  const stored: LpConfig = { ...config, hasNewPassword: true, session: { ...config.session, logonTags: [[5001, null]] } };
  const asked = (changes: FormValues, from = stored, removed = none) =>
    Object.keys(secretsToType({ ...formOf(from), ...changes }, from, removed));
  const all = ['password', 'new_password', 'session.logonTags'];

  test('are asked for where Host, Port, SSL or a backup host is typed anew, and not otherwise', () => {
    expect(asked({})).toEqual([]);
    expect(asked({ HeartBtInt: '5', TargetCompID: 'X' })).toEqual([]);
    for (const change of [
      { Host: 'evil.example' },
      { Port: '1' },
      { SSL: '' },
      { 'session.backupHosts': '' },
      { 'tunnel.verify': 'none' },
    ])
      expect(asked(change)).toEqual(all);
  });

  test('are asked for no more when they are typed or removed, and again when the store has them for elsewhere', () => {
    const typed = { Host: 'evil.example', password: 'p', 'session.logonTags': '5001=x' };
    expect(asked(typed)).toEqual(['new_password']);
    expect(asked(typed, stored, { password: false, newPassword: true })).toEqual([]);
    expect(asked({}, { ...stored, secretsToEnter: ['password'] })).toEqual(['password']);
  });

  test('are shown as stars, which keep what is stored', () => {
    expect(formOf(stored)['session.logonTags']).toBe('5001=***');
    expect(draftOf(formOf(stored), false).session?.logonTags).toEqual([[5001, null]]);
  });
});
