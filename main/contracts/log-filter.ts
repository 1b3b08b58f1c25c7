/** Which lines of a FIX log are wanted. */
export interface LogFilter {
  readonly direction: 'both' | 'in' | 'out';
  /** '' for all types; `-admin` leaves out Heartbeat, TestRequest and the like. */
  readonly msgType: string;
  /** Anywhere in the message, in any case, with `|` standing for SOH. */
  readonly text: string;
}

export const NO_LOG_FILTER: LogFilter = { direction: 'both', msgType: '', text: '' };
export const SOH = '\u0001';

/** Session-level message types of FIX 4.4. */
const ADMIN = new Set(['0', '1', '2', '3', '4', '5', 'A']);

/** The value of a tag in a raw message, '' when it is not there. */
export function tagValue(text: string, tag: number): string {
  const start = text.indexOf(`${SOH}${tag}=`);
  if (start < 0) return '';
  const from = start + String(tag).length + 2;
  const end = text.indexOf(SOH, from);
  return text.slice(from, end < 0 ? undefined : end);
}

interface Line {
  readonly direction: 'in' | 'out';
  readonly text: string;
}

/** @returns null for a filter that lets every line pass */
export function linesThat(filter: LogFilter): ((line: Line) => boolean) | null {
  const { direction, msgType } = filter;
  const needle = filter.text.trim().replaceAll('|', SOH).toLowerCase();
  if (direction === 'both' && msgType === '' && needle === '') return null;
  const ofType = (type: string): boolean => (msgType === '-admin' ? !ADMIN.has(type) : type === msgType);
  return (line) =>
    (direction === 'both' || line.direction === direction) &&
    (msgType === '' || ofType(tagValue(line.text, 35))) &&
    (needle === '' || line.text.toLowerCase().includes(needle));
}
