/**
 * MsgType(35) as a small integer: its characters packed eight bits each, most significant first ('A' is 0x41, 'AE' 0x4145).
 * 0 stands for an empty MsgType or one longer than four characters, which no dictionary has.
 */
export function msgTypeCode(msgType: string): number {
  if (msgType.length > 4) return 0;
  let code = 0;
  for (let i = 0; i < msgType.length; i++) {
    const char = msgType.charCodeAt(i);
    if (char > 0x7f) return 0;
    code = (code << 8) | char;
  }
  return code;
}

/** Codes of the messages the session layer acts on. */
export const MSG_TYPE = {
  Heartbeat: msgTypeCode('0'),
  TestRequest: msgTypeCode('1'),
  ResendRequest: msgTypeCode('2'),
  Reject: msgTypeCode('3'),
  SequenceReset: msgTypeCode('4'),
  Logout: msgTypeCode('5'),
  Logon: msgTypeCode('A'),
  BusinessMessageReject: msgTypeCode('j'),
} as const;

const interned = new Map<number, string>();

/** The string of a code, the same object every time ('' for 0). */
export function msgTypeString(code: number): string {
  let text = interned.get(code);
  if (text === undefined) {
    text = '';
    for (let shift = 24; shift >= 0; shift -= 8) {
      const char = (code >>> shift) & 0xff;
      if (char !== 0) text += String.fromCharCode(char);
    }
    // A peer that invents MsgTypes must not grow this for ever.
    if (interned.size < 1024) interned.set(code, text);
  }
  return text;
}
