import { SOH } from './ascii.ts';

/** What a secret field begins with. */
export type SecretNeedles = readonly Uint8Array[];

export const needlesOf = (tags: readonly number[]): SecretNeedles => tags.map((tag) => Buffer.from(`${tag}=`, 'latin1'));

/** Password and NewPassword. */
export const PASSWORDS = needlesOf([554, 925]);
const MASK = Buffer.from('***', 'latin1');

/**
 * Replaces the values of Password(554) and NewPassword(925) by `***`, also where another field's value quotes them (Text(58) of a Reject):
 * then all that is left of that value, since nobody knows where a password ends in free text.
 * @param needles of the secret tags; those of the passwords when not given
 * Answers bytes[start, end) itself, not a copy, when there is nothing to mask.
 */
export function maskSecrets(bytes: Uint8Array, start = 0, end = bytes.length, needles: SecretNeedles = PASSWORDS): Uint8Array {
  const message = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
  const parts: Uint8Array[] = [];
  let copied = 0;
  for (let value = nextSecret(message, 0, needles); value >= 0; value = nextSecret(message, copied, needles)) {
    const valueEnd = message.indexOf(SOH, value);
    parts.push(message.subarray(copied, value), MASK);
    copied = valueEnd < 0 ? message.length : valueEnd;
  }
  if (parts.length === 0) return message;
  parts.push(message.subarray(copied));
  return Buffer.concat(parts);
}

/** Where the first secret value at or after `from` begins, or -1. */
function nextSecret(message: Buffer, from: number, needles: SecretNeedles): number {
  let first = -1;
  for (const needle of needles) {
    let at = message.indexOf(needle, from);
    // 1554= is another tag.
    while (isDigit(message[at - 1] ?? 0)) at = message.indexOf(needle, at + 1);
    if (at >= 0 && (first < 0 || at + needle.length < first)) first = at + needle.length;
  }
  return first;
}

const isDigit = (char: number): boolean => char >= 0x30 && char <= 0x39;
