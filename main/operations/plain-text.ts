/** Control, format (bidirectional overrides, zero width), line and paragraph separators, lone surrogates, private use, and what is not assigned. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]+/gu;

/** One line that reads as it is stored: what cannot be seen, or turns what is around it, becomes one space. */
export function plainText(text: string): string {
  return text.replace(UNSEEN, ' ').replace(/ {2,}/g, ' ').trim();
}
