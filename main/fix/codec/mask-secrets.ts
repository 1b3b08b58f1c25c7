/**
 * Replaces the values of Password(554) and NewPassword(925) by `***`, also where another field's value quotes them (Text(58) of a Reject).
 * Answers bytes[start, end) itself, not a copy, when there is nothing to mask.
 */
export function maskSecrets(_bytes: Uint8Array, _start = 0, _end = _bytes.length): Uint8Array {
  throw new Error('being built');
}
