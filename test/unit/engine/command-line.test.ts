import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../../main/engine/command-line.ts';

const NEEDED = ['--host', 'lp', '--port', '9001', '--sender', 'US', '--target', 'LP', '--data', 'd'];

describe('the command line of one engine', () => {
  it('has the defaults of the console', () => {
    const { settings, target, reflect } = parseCommandLine(NEEDED);
    expect(target).toEqual({ host: 'lp', port: 9001, tunnel: false });
    expect(settings).toMatchObject({
      heartBtInt: 30,
      session: { logonTimeoutMs: 10_000, validate: true, whenDisconnected: 'refuse' },
    });
    expect(reflect).toBe(false);
  });

  it('leaves out what is not given, and has the folders of the store and the log in that of the data', () => {
    const parsed = parseCommandLine(NEEDED);
    expect(parsed).toMatchObject({ reconnectMs: 500, applicationOptions: { supportedMsgTypes: null, neverResendMsgTypes: [] } });
    expect(parsed.settings).toMatchObject({
      provider: 'LP',
      senderCompId: 'US',
      targetCompId: 'LP',
      credentials: { username: null, password: null, newPassword: null },
      storeDir: join('d', 'store'),
      logDir: join('d', 'log'),
    });
    expect(parsed.settings.session).toMatchObject({
      resetOnLogon: false,
      resetNotHonoured: 'refuse',
      sendNextExpected: false,
      senderSubId: null,
      targetSubId: null,
      logonTags: [],
      logoutAckMs: 2_000,
      testRequestThreshold: 0.2,
      sendingTimeThresholdMs: 120_000,
      maxMessageBytes: 1_048_576,
      dictionaryFile: null,
    });
  });

  it.each<[string, number, number, (parsed: ReturnType<typeof parseCommandLine>) => number]>([
    ['heartbeat', 1, 3600, ({ settings }) => settings.heartBtInt],
    ['port', 1, 65_535, ({ target }) => target.port],
    ['reconnect-ms', 0, 3_600_000, ({ reconnectMs }) => reconnectMs],
    ['logon-timeout-ms', 1, 3_600_000, ({ settings }) => settings.session.logonTimeoutMs],
    ['logout-ack-ms', 0, 3_600_000, ({ settings }) => settings.session.logoutAckMs],
    ['test-request-threshold', 0, 10, ({ settings }) => settings.session.testRequestThreshold],
    ['sending-time-threshold-ms', 1, 86_400_000, ({ settings }) => settings.session.sendingTimeThresholdMs],
    ['max-message-bytes', 4_096, 8_388_608, ({ settings }) => settings.session.maxMessageBytes],
  ])('takes --%s from %d to %d, and names it otherwise', (name, min, max, read) => {
    const withValue = (value: number) => parseCommandLine([...NEEDED, `--${name}`, String(value)]);
    expect([read(withValue(min)), read(withValue(max))]).toEqual([min, max]);
    if (min > 0) expect(() => withValue(min - 1)).toThrow(`--${name} ${min - 1}: give a number from ${min} to ${max}`);
    expect(() => withValue(max + 1)).toThrow(`--${name} ${max + 1}: give a number from ${min} to ${max}`);
  });

  it.each(['host', 'port', 'sender', 'target', 'data'])('needs --%s, and not empty', (name) => {
    const at = NEEDED.indexOf(`--${name}`);
    expect(() => parseCommandLine(NEEDED.toSpliced(at, 2))).toThrow(`--${name} is missing`);
    expect(() => parseCommandLine(NEEDED.with(at + 1, ''))).toThrow(`--${name} is missing`);
  });

  it('takes every session setting', () => {
    const options =
      '--reflect --reset-on-logon --queue --no-validate --logon-tag 9001=a=b --logon-tag 9002=c --supported D,,8 --never-resend W --reset-not-honoured continue --dictionary x.xml';
    const { settings, applicationOptions, reflect } = parseCommandLine([
      ...NEEDED,
      ...options.split(' '),
      '--password',
      'p',
      '--new-password',
      'n',
      '--heartbeat',
      '1',
    ]);
    expect(reflect).toBe(true);
    expect(settings.session).toMatchObject({
      resetOnLogon: true,
      resetNotHonoured: 'continue',
      validate: false,
      dictionaryFile: 'x.xml',
      whenDisconnected: 'queue',
    });
    expect(settings.credentials.logonTags).toEqual([
      [9001, 'a=b'],
      [9002, 'c'],
    ]);
    expect(settings.credentials).toMatchObject({ username: null, password: 'p', newPassword: 'n' });
    expect(applicationOptions).toEqual({ supportedMsgTypes: ['D', '8'], neverResendMsgTypes: ['W'] });
  });

  it.each([
    [NEEDED.slice(2), '--host is missing'],
    [[...NEEDED, '--heartbeat', '0'], '--heartbeat 0: give a number from 1 to 3600'],
    [[...NEEDED, '--port', 'http'], '--port http: give a number from 1 to 65535'],
    [[...NEEDED, '--logon-tag', 'x'], '--logon-tag x: give TAG=VALUE'],
    [[...NEEDED, '--logon-tag', 'a9=x'], '--logon-tag a9=x: give TAG=VALUE'],
    [[...NEEDED, '--logon-tag', '9='], '--logon-tag 9=: give TAG=VALUE'],
    [[...NEEDED, '--reset-not-honoured', 'maybe'], '--reset-not-honoured maybe: give refuse or continue'],
    [[...NEEDED, 'more'], 'more'],
    [[...NEEDED, '--no-such-option'], "Unknown option '--no-such-option'"],
  ])('names the option at fault', (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(message);
  });
});
