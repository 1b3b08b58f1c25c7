import { NINE, ZERO } from './ascii.ts';

const MAX_SAFE_DIGITS = 15;

/** The digits in buffer[start, end) as a number, or -1 when there are none, too many, or others among them. */
export function digitsAt(buffer: Uint8Array, start: number, end: number): number {
  if (end <= start || end - start > MAX_SAFE_DIGITS) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const char = buffer[i]!;
    if (char < ZERO || char > NINE) return -1;
    value = value * 10 + char - ZERO;
  }
  return value;
}
