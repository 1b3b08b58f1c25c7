import { expect, it } from 'vitest';
import { parseCommandLine } from '../../../main/engine/command-line.ts';
import { sessionSettings } from '../../../main/engine/session-settings.ts';

it('the session has the settings of the LP, and those of the application', () => {
  const { settings, applicationOptions } = parseCommandLine(
    '--host h --port 1 --sender US --target LP --data d --sender-sub-id S --target-sub-id T --username U --password P --new-password N --supported 8 --never-resend D --reset-on-logon --send-next-expected --logon-tag 9001=x'.split(
      ' ',
    ),
  );
  expect(sessionSettings(settings, applicationOptions)).toEqual({
    senderCompId: 'US',
    targetCompId: 'LP',
    senderSubId: 'S',
    targetSubId: 'T',
    heartBtInt: 30,
    username: 'U',
    password: 'P',
    newPassword: 'N',
    logonTags: [[9001, 'x']],
    secretTags: [96, 5001],
    resetOnLogon: true,
    resetNotHonoured: 'refuse',
    sendNextExpected: true,
    logonTimeoutMs: 10_000,
    logoutAckMs: 2_000,
    testRequestThreshold: 0.2,
    sendingTimeThresholdMs: 120_000,
    maxMessageBytes: 1_048_576,
    validate: true,
    whenDisconnected: 'refuse',
    supportedMsgTypes: ['8'],
    neverResendMsgTypes: ['D'],
  });
});
