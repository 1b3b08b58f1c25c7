import { ascii, SOH, ZERO } from './ascii.ts';
import { checkSum, wordsOf } from './checksum.ts';
import { parseUtcTimestamp, writeUtcTimestamp } from './utc-timestamp.ts';

const SENDING_TIME = ascii('\x0152=');
/** YYYYMMDD-HH:MM:SS.sss */
const TIME_BYTES = 21;
/** nnn and SOH, the end of 10=nnn. */
const SUM_BYTES = 4;

/**
 * Sets SendingTime(52) to now in a message as our encoder writes it that has waited to be sent for the first time: 52 is when a message is
 * sent, and a peer refuses one that looks too old. CheckSum moves with it, so that a message that was damaged before still is.
 *
 * @param message the whole message, changed in place
 * @param olderThanMs a message that is not as old as this stays as it was
 */
export function renewSendingTime(message: Buffer, epochMs: number, olderThanMs: number): void {
  const start = message.indexOf(SENDING_TIME) + SENDING_TIME.length;
  const end = start + TIME_BYTES;
  const sumAt = message.length - SUM_BYTES;
  if (end > sumAt || message[end] !== SOH) return;
  const madeMs = parseUtcTimestamp(message, start, end);
  if (madeMs < 0 || epochMs - madeMs < olderThanMs) return;
  const words = wordsOf(message);
  const before = checkSum(message, words, start, end);
  writeUtcTimestamp(message, start, epochMs);
  const moved = checkSum(message, words, start, end) - before;
  const sum = (Number(message.toString('latin1', sumAt, sumAt + 3)) + moved) & 0xff;
  message[sumAt] = ZERO + Math.floor(sum / 100);
  message[sumAt + 1] = ZERO + (Math.floor(sum / 10) % 10);
  message[sumAt + 2] = ZERO + (sum % 10);
}
