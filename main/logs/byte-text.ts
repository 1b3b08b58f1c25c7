import { isUtf8 } from 'node:buffer';

/** A byte that is no UTF-8 is carried by U+DC00 plus its value: a half surrogate pair, which UTF-8 itself cannot hold. */
const CARRIER = 0xdc00;
const CARRIED = /[\udc80-\udcff]/;
/** Half pairs only: without the flag u a whole pair would match too. */
const CARRIED_ALONE = /[\udc80-\udcff]/gu;

/** Bytes as text that `bytesOf` turns back exactly, whatever they are; valid UTF-8 reads as itself. */
export function textOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes[at] ?? 0);
    const sequence = bytes.subarray(at, at + length);
    const valid = sequence.length === length && isUtf8(sequence);
    text += valid ? sequence.toString('utf8') : String.fromCharCode(CARRIER + (bytes[at] ?? 0));
    at += valid ? length : 1;
  }
  return text;
}

/** The bytes that a text of `textOf` was made from; of any other text its UTF-8. */
export function bytesOf(text: string): Buffer {
  if (!CARRIED.test(text)) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  let copied = 0;
  for (const { index } of text.matchAll(CARRIED_ALONE)) {
    parts.push(Buffer.from(text.slice(copied, index), 'utf8'), Buffer.of(text.charCodeAt(index) - CARRIER));
    copied = index + 1;
  }
  parts.push(Buffer.from(text.slice(copied), 'utf8'));
  return Buffer.concat(parts);
}

/** Bytes of the UTF-8 sequence that this byte begins; 1 also for one that begins none. */
function sequenceLength(first: number): number {
  if (first < 0xc2) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
