import { maskSecrets } from '../codec/mask-secrets.ts';
import type { MessageView } from '../codec/message-view.ts';
import { MSG_TYPE } from '../codec/msg-type.ts';
import type { SessionSettings } from './settings.ts';

const SECRET_TAGS = [554, 925];
const MASK = '***';

/** Keeps Password(554) and NewPassword(925) out of logs and notes, also where the peer quotes our password in its own words. */
export class Secrets {
  readonly #values: readonly string[];

  constructor({ password, newPassword, logonTags }: SessionSettings) {
    const configured = logonTags.filter(([tag]) => SECRET_TAGS.includes(tag)).map(([, value]) => value);
    this.#values = [password ?? '', newPassword ?? '', ...configured].filter((value) => value !== '');
  }

  /** Text(58) of the message, for people; null when there is none, or nothing in it. */
  textOf(view: MessageView): string | null {
    const text = view.string(58);
    if (text === null || text === '') return null;
    return this.#withoutValues(Buffer.from(maskSecrets(Buffer.from(text, 'utf8'))).toString('utf8'));
  }

  /** The message for the log: its own bytes when there is nothing to mask. */
  masked(view: MessageView): Uint8Array {
    const masked = maskSecrets(view.buffer, view.start, view.end);
    const text = this.#values.length === 0 || !view.has(58) ? null : Buffer.from(masked).toString('latin1');
    if (text === null || !this.#values.some((value) => text.includes(value))) return masked;
    return Buffer.from(this.#withoutValues(text), 'latin1');
  }

  #withoutValues(text: string): string {
    return this.#values.reduce((masked, value) => masked.replaceAll(value, MASK), text);
  }
}

/** Whether the message must be looked at closely: few have secrets, but the Text(58) of a refusal may quote them. */
export function mayCarrySecret(view: MessageView): boolean {
  const type = view.msgTypeCode;
  if (
    type === MSG_TYPE.Logon ||
    type === MSG_TYPE.Logout ||
    type === MSG_TYPE.Reject ||
    type === MSG_TYPE.BusinessMessageReject
  ) {
    return true;
  }
  const { tags, count } = view;
  for (let i = 0; i < count; i += 1) if (tags[i] === 554 || tags[i] === 925) return true;
  return false;
}
