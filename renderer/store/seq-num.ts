/** A typed MsgSeqNum: the number, null when nothing was typed, or what is wrong with it. */
export function parseSeqNum(typed: string): number | null | string {
  const digits = typed.replace(/[\s\u202f]/g, '');
  if (digits === '') return null;
  const value = Number(digits);
  return /^\d+$/.test(digits) && value >= 1 && value <= 2_147_483_647 ? value : 'A whole number from 1 to 2147483647';
}
