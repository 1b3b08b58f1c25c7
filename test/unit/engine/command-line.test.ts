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

  it('takes every session setting', () => {
    const options =
      '--reflect --reset-on-logon --queue --no-validate --logon-tag 9001=a=b --logon-tag 9002=c --supported D,8 --never-resend W';
    const { settings, applicationOptions } = parseCommandLine([
      ...NEEDED,
      ...options.split(' '),
      '--password',
      'p',
      '--new-password',
      'n',
      '--heartbeat',
      '1',
    ]);
    expect(settings.session).toMatchObject({ resetOnLogon: true, validate: false, whenDisconnected: 'queue' });
    expect(settings.session.logonTags).toEqual([
      [9001, 'a=b'],
      [9002, 'c'],
    ]);
    expect(settings.credentials).toEqual({ username: null, password: 'p', newPassword: 'n' });
    expect(applicationOptions).toEqual({ supportedMsgTypes: ['D', '8'], neverResendMsgTypes: ['W'] });
  });

  it.each([
    [NEEDED.slice(2), '--host is missing'],
    [[...NEEDED, '--heartbeat', '0'], '--heartbeat 0: give a number from 1 to 3600'],
    [[...NEEDED, '--port', 'http'], '--port http: give a number from 1 to 65535'],
    [[...NEEDED, '--logon-tag', 'x'], '--logon-tag x: give TAG=VALUE'],
    [[...NEEDED, '--no-such-option'], "Unknown option '--no-such-option'"],
  ])('names the option at fault', (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(message);
  });
});
