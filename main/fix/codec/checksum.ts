/** Words whose byte sums fit two 16-bit lanes: 128 × 2 × 255 < 65536. */
const CHUNK = 512;

/**
 * CheckSum(10): sum of bytes[start, end) modulo 256. `words` is a view of the same memory as `bytes`; four bytes are added at a time,
 * as two lanes of 16 bits, which is three times as fast as one by one.
 */
export function checkSum(bytes: Uint8Array, words: DataView, start: number, end: number): number {
  let sum = 0;
  let at = start;
  const lastWord = end - 3;
  while (at < lastWord) {
    const stop = Math.min(lastWord, at + CHUNK);
    let lanes = 0;
    for (; at < stop; at += 4) {
      const word = words.getInt32(at, true);
      lanes = (lanes + (word & 0xff00ff) + ((word >>> 8) & 0xff00ff)) | 0;
    }
    sum += (lanes & 0xffff) + (lanes >>> 16);
  }
  for (; at < end; at++) sum += bytes[at]!;
  return sum & 0xff;
}

/** A view of the same memory, for `checkSum`. */
export const wordsOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
