import { ACT_WITHIN_MS, type Args, type RequestChannel, type Value } from '../../../main/contracts/ipc.ts';
import type { Result } from '../../../main/contracts/result.ts';
import type { ConsoleLink } from '../../api.ts';
import { notify, renotify } from '../../components/notify.tsx';
import { duration, utcMillis } from '../../store/format.ts';

const DONE_SHOWN_MS = 4_000;
let asked = 0;

/**
 * Sends a request and tells the operator at once that it was asked, then how it ended and after how long. A failure stays until
 * it is put away. `title` says what of which LP: "LP-A · Deactivate".
 */
export async function ask<C extends RequestChannel>(
  link: ConsoleLink,
  title: string,
  channel: C,
  args: Args<C>,
): Promise<Result<Value<C>>> {
  const id = `ask-${++asked}`;
  const atMs = Date.now();
  notify({
    id,
    title,
    message: `Asked at ${utcMillis(atMs)}; begun within ${ACT_WITHIN_MS / 1_000} s or not at all`,
    loading: true,
    autoClose: false,
    withCloseButton: false,
  });
  const result = await link.request(channel, args);
  if (result.ok) {
    renotify({
      id,
      title,
      message: `Done after ${duration(Date.now() - atMs)}`,
      loading: false,
      autoClose: DONE_SHOWN_MS,
      withCloseButton: true,
    });
  } else {
    renotify({
      id,
      title: `${title} failed`,
      message: result.error.message,
      loading: false,
      autoClose: false,
      withCloseButton: true,
      className: 'notice-failed',
      role: 'alert',
    });
  }
  return result;
}
