/** Line breaks, escape sequences, C1, direction marks and other characters that are not seen. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Text as one line of a log that shows whatever is in it: what would not be seen as `\uhhhh`, which JSON reads as the character itself, so
 * that a line of JSON says the same as before.
 */
export function oneLine(text: string): string {
  return text.replace(UNSEEN, (character) =>
    Array.from({ length: character.length }, (_, n) => `\\u${character.charCodeAt(n).toString(16).padStart(4, '0')}`).join(''),
  );
}
