import { EVERY_UNSEEN } from '../base/unseen.ts';

/**
 * Text as one line of a log that shows whatever is in it: what would not be seen as `\uhhhh`, which JSON reads as the character itself, so
 * that a line of JSON says the same as before.
 */
export function oneLine(text: string): string {
  return text.replace(EVERY_UNSEEN, (character) =>
    Array.from({ length: character.length }, (_, n) => `\\u${character.charCodeAt(n).toString(16).padStart(4, '0')}`).join(''),
  );
}
