import type { Scenario } from './script-parser.ts';
import { ENGINE_COMP_ID, PEER_COMP_ID } from './script-runner.ts';

/** The `option` lines of a scenario as the engine's command line. Throws on an option that it does not have. */
export function engineOptions(scenario: Scenario): string[] {
  const args = ['--sender', ENGINE_COMP_ID, '--target', PEER_COMP_ID];
  if (!scenario.options.has('heartbeat')) args.push('--heartbeat', '30');
  if (scenario.options.get('reflect') !== 'off') args.push('--reflect');
  for (const [name, value] of scenario.options) {
    switch (name) {
      case 'heartbeat':
      case 'username':
      case 'password':
      case 'new-password':
      case 'reset-not-honoured':
      case 'logon-timeout-ms':
      case 'max-message-bytes':
      case 'sender-sub-id':
      case 'target-sub-id':
      case 'supported':
      case 'never-resend':
        args.push(`--${name}`, value);
        break;
      case 'logon-tag':
        for (const field of value.split('|')) args.push('--logon-tag', field);
        break;
      case 'reset-on-logon':
      case 'send-next-expected':
        args.push(`--${name}`);
        break;
      case 'validate':
        if (value === 'off') args.push('--no-validate');
        break;
      case 'reflect':
        break;
      default:
        throw new Error(`${scenario.file}: the engine's command line has no option "${name}"; say "only core"`);
    }
  }
  return args;
}
