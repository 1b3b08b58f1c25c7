import type { SessionSettings } from '../../main/fix/session/settings.ts';

/** The settings of a session as tests have them: the standard's times, everything optional left out; `changes` are what a test is about. */
export const sessionSettings = (
  senderCompId: string,
  targetCompId: string,
  changes: Partial<SessionSettings> = {},
): SessionSettings => ({
  senderCompId,
  targetCompId,
  senderSubId: null,
  targetSubId: null,
  heartBtInt: 30,
  username: null,
  password: null,
  newPassword: null,
  logonTags: [],
  secretTags: [],
  resetOnLogon: false,
  resetNotHonoured: 'refuse',
  sendNextExpected: false,
  logonTimeoutMs: 10_000,
  logoutAckMs: 2_000,
  testRequestThreshold: 0.2,
  sendingTimeThresholdMs: 120_000,
  maxMessageBytes: 1_048_576,
  validate: true,
  whenDisconnected: 'refuse',
  supportedMsgTypes: null,
  neverResendMsgTypes: [],
  ...changes,
});
