import type { EngineSettings } from '../contracts/engine-protocol.ts';
import type { SessionSettings } from '../fix/session/settings.ts';

/** What this engine's application takes and resends; not part of an LP's configuration. */
export interface ApplicationOptions {
  /** Application MsgTypes that are supported; null: all of the dictionary. */
  readonly supportedMsgTypes: readonly string[] | null;
  readonly neverResendMsgTypes: readonly string[];
}

export function sessionSettings(settings: EngineSettings, application: ApplicationOptions): SessionSettings {
  const { session, credentials } = settings;
  return {
    senderCompId: settings.senderCompId,
    targetCompId: settings.targetCompId,
    senderSubId: session.senderSubId,
    targetSubId: session.targetSubId,
    heartBtInt: settings.heartBtInt,
    username: credentials.username,
    password: credentials.password,
    newPassword: credentials.newPassword,
    logonTags: credentials.logonTags,
    secretTags: session.secretTags,
    resetOnLogon: session.resetOnLogon,
    resetNotHonoured: session.resetNotHonoured,
    sendNextExpected: session.sendNextExpected,
    logonTimeoutMs: session.logonTimeoutMs,
    logoutAckMs: session.logoutAckMs,
    testRequestThreshold: session.testRequestThreshold,
    sendingTimeThresholdMs: session.sendingTimeThresholdMs,
    maxMessageBytes: session.maxMessageBytes,
    validate: session.validate,
    whenDisconnected: session.whenDisconnected,
    ...application,
  };
}
