import type { SessionSettings } from '../../main/fix/session/settings.ts';
import type { CoreOptions } from './script-core-peer.ts';
import type { Scenario } from './script-parser.ts';
import { ENGINE_COMP_ID, PEER_COMP_ID } from './script-runner.ts';
import { sessionSettings } from './session-settings.ts';

type Settings = { -readonly [K in keyof SessionSettings]: SessionSettings[K] };

/** The `option` lines of a scenario for the core. Throws on an option it does not know. */
export function coreOptions(scenario: Scenario): { readonly settings: SessionSettings; readonly options: CoreOptions } {
  const settings: Settings = sessionSettings(ENGINE_COMP_ID, PEER_COMP_ID);
  const options: { -readonly [K in keyof CoreOptions]: CoreOptions[K] } = { reflect: true, businessReject: null };
  for (const [name, value] of scenario.options) {
    switch (name) {
      case 'heartbeat':
        settings.heartBtInt = Number(value);
        break;
      case 'reset-on-logon':
        settings.resetOnLogon = true;
        break;
      case 'reset-not-honoured':
        settings.resetNotHonoured = value === 'continue' ? 'continue' : 'refuse';
        break;
      case 'send-next-expected':
        settings.sendNextExpected = true;
        break;
      case 'username':
        settings.username = value;
        break;
      case 'password':
        settings.password = value;
        break;
      case 'new-password':
        settings.newPassword = value;
        break;
      case 'sender-sub-id':
        settings.senderSubId = value;
        break;
      case 'target-sub-id':
        settings.targetSubId = value;
        break;
      case 'logon-tag':
        settings.logonTags = value.split('|').map((field) => [Number.parseInt(field, 10), field.slice(field.indexOf('=') + 1)]);
        break;
      case 'logon-timeout-ms':
        settings.logonTimeoutMs = Number(value);
        break;
      case 'max-message-bytes':
        settings.maxMessageBytes = Number(value);
        break;
      case 'validate':
        settings.validate = value !== 'off';
        break;
      case 'when-disconnected':
        settings.whenDisconnected = value === 'queue' ? 'queue' : 'refuse';
        break;
      case 'supported':
        settings.supportedMsgTypes = value.split(',');
        break;
      case 'never-resend':
        settings.neverResendMsgTypes = value.split(',');
        break;
      case 'application-rejects':
        options.businessReject = Number(value);
        break;
      case 'reflect':
        options.reflect = value !== 'off';
        break;
      default:
        throw new Error(`${scenario.file}: the core has no option "${name}"`);
    }
  }
  return { settings, options };
}
