import { EVERY_UNSEEN, UNSEEN } from '../../main/base/unseen.ts';

const CONTROL_PICTURES = 0x2400;
const DELETE = 0x7f;
const PICTURE_OF_DELETE = '␡';
/** Bytes of the FIX log that are no UTF-8 come as these plus their value (main/logs/byte-text.ts). */
const FIRST_BYTE = 0xdc80;
const LAST_BYTE = 0xdcff;

/** Text of a peer, or of a person, as it is shown: what would not be seen is a symbol (␛, ␊) or its code (⟨U+202E⟩, ⟨x9B⟩ for a byte). */
export const visible = (text: string): string => (UNSEEN.test(text) ? text.replace(EVERY_UNSEEN, symbolOf) : text);

function symbolOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCharCode(CONTROL_PICTURES + code);
  if (code === DELETE) return PICTURE_OF_DELETE;
  const hex = (n: number, digits: number): string => n.toString(16).toUpperCase().padStart(digits, '0');
  return code >= FIRST_BYTE && code <= LAST_BYTE ? `⟨x${hex(code - 0xdc00, 2)}⟩` : `⟨U+${hex(code, 4)}⟩`;
}
