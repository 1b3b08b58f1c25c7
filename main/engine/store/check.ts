/**
 * A 32-bit check over words[from, to). Each step is a bijection, so damage within one word always shows, and any other with all but
 * one chance in 2^32. Two lanes, because one would wait for its own multiplication.
 *
 * @param words from `wordsOf`
 * @returns never 0
 */
export function checkOf(words: DataView, from: number, to: number): number {
  let a = (to - from) ^ 0x5bd1_e995;
  let b = (to - from) ^ 0x27d4_eb2f;
  let at = from;
  for (; at + 8 <= to; at += 8) {
    a = Math.imul(a ^ words.getInt32(at, true), 0x9e37_79b1);
    b = Math.imul(b ^ words.getInt32(at + 4, true), 0x85eb_ca6b);
    a ^= a >>> 15;
    b ^= b >>> 13;
  }
  for (; at < to; at += 1) {
    a = Math.imul(a ^ words.getUint8(at), 0x9e37_79b1);
    a ^= a >>> 15;
  }
  const check = (a ^ Math.imul(b, 0xc2b2_ae35)) >>> 0;
  return check === 0 ? 1 : check;
}
