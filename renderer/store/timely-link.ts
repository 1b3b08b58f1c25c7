import type { Clock } from '../../main/base/clock.ts';
import { ACT_WITHIN_MS, type Args, REQUEST_KINDS, type RequestChannel, type Value } from '../../main/contracts/ipc.ts';
import { fail, type Result } from '../../main/contracts/result.ts';
import type { ConsoleLink } from '../api.ts';
import type { ConsoleStore } from './console-store.ts';
import { cannotSend } from './sendable.ts';

/**
 * The link, for people: an action is refused at once while the console is not heard, is not begun later than ACT_WITHIN_MS after it was pressed, and is
 * said not to be when the console has been silent all that time. Questions and kills pass as they are.
 */
export function timelyLink(link: ConsoleLink, store: ConsoleStore, clock: Clock): ConsoleLink {
  const act = async <C extends RequestChannel>(channel: C, args: Args<C>): Promise<Result<Value<C>>> => {
    const why = cannotSend(store.getState(), 'acts');
    if (why !== null) return fail('operational', 'disconnected', `${why}: nothing was done.`);
    const pressedMs = clock.nowMs();
    let cancel: () => void = () => undefined;
    const late = new Promise<Result<Value<C>>>((resolve) => {
      cancel = clock.after(ACT_WITHIN_MS, () => {
        if (store.getState().mirror.heardAtMs <= pressedMs) resolve(notAnswered());
      });
    });
    const notAfterMs = pressedMs + store.getState().mirror.offsetMs + ACT_WITHIN_MS;
    try {
      return await Promise.race([link.request(channel, args, notAfterMs), late]);
    } finally {
      cancel();
    }
  };
  return {
    ...link,
    request: (channel, args) => (REQUEST_KINDS[channel] === 'acts' ? act(channel, args) : link.request(channel, args)),
  };
}

const notAnswered = () =>
  fail(
    'operational',
    'no-answer',
    `The console has said nothing for ${ACT_WITHIN_MS / 1_000} s. If it had not begun, this is not carried out any more: look at the state when it is back.`,
  );
