import { maskSecrets, needlesOf, type SecretNeedles } from '../codec/mask-secrets.ts';
import type { MessageView } from '../codec/message-view.ts';
import { MSG_TYPE } from '../codec/msg-type.ts';
import type { SessionSettings } from './settings.ts';

const PASSWORD_TAGS = [554, 925];
/** A shorter value of a tag that is called secret would be found in every text. */
const SHORTEST_VALUE = 4;
const MASK = '***';

/** Keeps Password(554), NewPassword(925) and the secret tags of a Logon out of logs and notes, also where the peer quotes our password in its own words. */
export class Secrets {
  readonly #values: readonly string[];
  readonly #needles: SecretNeedles;

  constructor(settings: SessionSettings) {
    const { password, newPassword, logonTags, secretTags } = settings;
    const configured = logonTags.filter(([tag, value]) => secretTags.includes(tag) && value.length >= SHORTEST_VALUE);
    this.#values = [password ?? '', newPassword ?? '', ...configured.map(([, value]) => value)].filter((value) => value !== '');
    this.#needles = secretNeedles(settings);
  }

  /** Text(58) of the message, for people; null when there is none, or nothing in it. */
  textOf(view: MessageView): string | null {
    const text = view.string(58);
    if (text === null || text === '') return null;
    return this.#withoutValues(Buffer.from(maskSecrets(Buffer.from(text, 'utf8'), 0, undefined, this.#needles)).toString('utf8'));
  }

  /** The message for the log: its own bytes when there is nothing to mask. */
  masked(view: MessageView): Uint8Array {
    const masked = maskSecrets(view.buffer, view.start, view.end, this.#needles);
    const text = this.#values.length === 0 || !view.has(58) ? null : Buffer.from(masked).toString('latin1');
    if (text === null || !this.#values.some((value) => text.includes(value))) return masked;
    return Buffer.from(this.#withoutValues(text), 'latin1');
  }

  #withoutValues(text: string): string {
    return this.#values.reduce((masked, value) => masked.replaceAll(value, MASK), text);
  }
}

/** Of what no log has in a Logon. */
export const secretNeedles = ({ secretTags }: SessionSettings): SecretNeedles => needlesOf([...PASSWORD_TAGS, ...secretTags]);

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
