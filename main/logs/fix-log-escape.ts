const BACKSLASH = 0x5c;
const X = 0x78;
const SOH = 0x01;
const HEX = Buffer.from('0123456789abcdef', 'latin1');

/** Printable ASCII and SOH: what stands in the FIX log as it is on the wire. */
const isPlainByte = (byte: number): boolean => (byte >= 0x20 && byte < 0x7f) || byte === SOH;

/**
 * Whether bytes[start, end) stand in the FIX log as they are. `words` is a view of the same memory: four bytes are looked at together,
 * because every message of a session comes through here.
 */
export function isPlain(bytes: Uint8Array, words: DataView, start: number, end: number): boolean {
  // A message that begins with a backslash would read as one that is escaped.
  if (bytes[start] === BACKSLASH && start < end) return false;
  let high = 0;
  let control = 0;
  let at = start;
  for (const lastWord = end - 3; at < lastWord; at += 4) {
    const word = words.getInt32(at, true);
    // 0x7f and more set the top bit of their byte, by themselves or when 1 is added.
    high |= word | (word + 0x01010101);
    // SOH becomes 0, the only value below 0x20 that 0x1f does not carry into bit 5.
    const turned = word ^ 0x01010101;
    control |= (turned + 0x1f1f1f1f) & ~(turned | (turned >>> 1));
  }
  for (; at < end; at += 1) if (!isPlainByte(bytes[at] ?? 0)) return false;
  return ((high & 0x80808080) | (control & 0x20202020)) === 0;
}

/**
 * A message as one line of printable ASCII and SOH: a backslash in front, each backslash of its own twice, every byte that is not plain as
 * `\xhh`. FIX messages begin with `8`, so the backslash in front tells such a line from all others, old logs included.
 */
export function escapeMessage(bytes: Uint8Array): Buffer {
  const escaped = Buffer.allocUnsafe(1 + 4 * bytes.length);
  escaped[0] = BACKSLASH;
  let to = 1;
  for (const byte of bytes) {
    if (byte === BACKSLASH || !isPlainByte(byte)) escaped[to++] = BACKSLASH;
    if (isPlainByte(byte)) {
      escaped[to++] = byte;
    } else {
      escaped[to++] = X;
      escaped[to++] = HEX[byte >> 4] ?? 0;
      escaped[to++] = HEX[byte & 15] ?? 0;
    }
  }
  return escaped.subarray(0, to);
}

/** Whether a message of the log is one that `escapeMessage` wrote. */
export const isEscaped = (message: string): boolean => message.startsWith('\\');

/** The bytes that `escapeMessage` was given. What is no escape, in a line that was cut, stays as it stands. */
export function unescapeMessage(line: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(line.length);
  let to = 0;
  for (let at = 1; at < line.length; ) {
    const byte = line[at] ?? 0;
    const hex = byte === BACKSLASH && line[at + 1] === X ? hexAt(line, at + 2) : -1;
    bytes[to++] = hex < 0 ? byte : hex;
    at += hex >= 0 ? 4 : byte === BACKSLASH && line[at + 1] === BACKSLASH ? 2 : 1;
  }
  return bytes.subarray(0, to);
}

function hexAt(line: Buffer, at: number): number {
  const high = HEX.indexOf(line[at] ?? 0);
  const low = HEX.indexOf(line[at + 1] ?? 0);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}
