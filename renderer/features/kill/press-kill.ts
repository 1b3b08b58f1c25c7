import type { KillIncident } from '../../../main/contracts/kill.ts';
import type { Result } from '../../../main/contracts/result.ts';
import type { Console } from '../../components/console-context.tsx';
import { notify } from '../../components/notify.tsx';

/** Goes into the latch and the audit when there was no time to type one. */
const NO_REASON = 'no reason given';

/**
 * Shows the incident as soon as the latch is set. A refusal is shown in front of everything, with what can still be done, and
 * stays until it is put away.
 */
async function press({ store }: Console, what: string, request: () => Promise<Result<KillIncident>>): Promise<void> {
  store.getState().closeAll();
  store.getState().showIncident(PRESSED);
  const result = await request();
  if (result.ok) {
    const { mirror } = store.getState();
    if (!mirror.incidents.some((incident) => incident.id === result.value.id)) {
      store.getState().mirrored({ ...mirror, incidents: [result.value, ...mirror.incidents] });
    }
    store.getState().showIncident(result.value.id);
    return;
  }
  store.getState().showIncident(null);
  notify({
    title: `${what} was NOT done`,
    message: `${result.error.message} If it must stop now, end the console process on its machine: that ends its sessions.`,
    autoClose: false,
    className: 'notice-failed',
    role: 'alert',
  });
}

/** Stands for the incident between the press and its answer. */
export const PRESSED = 'pressed';

export function killOne(console: Console, provider: string, reason: string): Promise<void> {
  return press(console, `Kill ${provider}`, () =>
    console.link.request('lp.kill', { provider, reason: reason.trim() === '' ? NO_REASON : reason.trim() }),
  );
}

export function killAll(console: Console, reason: string, typed: string): Promise<void> {
  return press(console, 'Kill all', () =>
    console.link.request('lp.kill-all', { reason: reason.trim() === '' ? NO_REASON : reason.trim(), typed }),
  );
}
