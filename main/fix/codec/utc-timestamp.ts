const ZERO = 0x30;
const DASH = 0x2d;
const COLON = 0x3a;
const DOT = 0x2e;
const DAYS_IN_MONTH = Uint8Array.of(0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);
const DAY_MS = 86_400_000;

/** Two digits as a number, or -1. */
function two(buffer: Uint8Array, at: number): number {
  const a = buffer[at]! - ZERO;
  const b = buffer[at + 1]! - ZERO;
  return a >>> 0 <= 9 && b >>> 0 <= 9 ? a * 10 + b : -1;
}

/** YYYYMMDD at `at`, an existing day of the calendar: the eight digits as a number, or -1. The caller knows that eight bytes are there. */
export function dateDigits(buffer: Uint8Array, at: number): number {
  const century = two(buffer, at);
  const year = two(buffer, at + 2);
  const month = two(buffer, at + 4);
  const day = two(buffer, at + 6);
  if (century < 0 || year < 0 || month < 1 || month > 12 || day < 1 || day > DAYS_IN_MONTH[month]!) return -1;
  const fullYear = century * 100 + year;
  if (month === 2 && day === 29 && (fullYear % 4 !== 0 || (fullYear % 100 === 0 && fullYear % 400 !== 0))) return -1;
  return fullYear * 10_000 + month * 100 + day;
}

/**
 * HH:MM:SS, alone or with a fraction of 3, 6, 9 or 12 digits (FIX 4.4 has 3; LPs send more since the standard's later extension):
 * milliseconds of the day, fractions below cut off, or -1. 60 is a valid second (leap seconds).
 */
export function timeOfDayMs(buffer: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length < 8 || buffer[start + 2] !== COLON || buffer[start + 5] !== COLON) return -1;
  const hour = two(buffer, start);
  const minute = two(buffer, start + 3);
  const second = two(buffer, start + 6);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return -1;
  let ms = 0;
  if (length > 8) {
    const digits = length - 9;
    if (buffer[start + 8] !== DOT || digits === 0 || digits > 12 || digits % 3 !== 0) return -1;
    for (let i = start + 9; i < end; i++) {
      const digit = buffer[i]! - ZERO;
      if (digit >>> 0 > 9) return -1;
      if (i < start + 12) ms = ms * 10 + digit;
    }
  }
  return ((hour * 60 + minute) * 60 + second) * 1000 + ms;
}

// Messages of one session carry the same date all day.
let cachedDate = 0;
let cachedDayMs = 0;

/** UTCTimestamp YYYYMMDD-HH:MM:SS[.sss] in buffer[start, end) as epoch ms, or -1 when malformed or before 1970. */
export function parseUtcTimestamp(buffer: Uint8Array, start: number, end: number): number {
  if (!isUtcTimestamp(buffer, start, end)) return -1;
  const date = dateDigits(buffer, start);
  if (date !== cachedDate) {
    cachedDayMs = Date.UTC(Math.floor(date / 10_000), (Math.floor(date / 100) % 100) - 1, date % 100);
    cachedDate = date;
  }
  // Years below 100 would be read as 19xx by Date.UTC; they are before 1970 all the same.
  return date < 19_700_101 ? -1 : cachedDayMs + timeOfDayMs(buffer, start + 9, end);
}

export function isUtcTimestamp(buffer: Uint8Array, start: number, end: number): boolean {
  // With a time behind them, date and dash are there.
  return timeOfDayMs(buffer, start + 9, end) >= 0 && buffer[start + 8] === DASH && dateDigits(buffer, start) >= 0;
}

let writtenDay = Number.NaN;
const writtenDate = new Uint8Array(9);

/** Writes epochMs (0 … year 9999) as YYYYMMDD-HH:MM:SS.sss, 21 bytes, at `at`. */
export function writeUtcTimestamp(buffer: Uint8Array, at: number, epochMs: number): void {
  const day = Math.floor(epochMs / DAY_MS);
  if (day !== writtenDay) {
    const date = new Date(epochMs);
    const digits = date.getUTCFullYear() * 10_000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
    for (let i = 7, rest = digits; i >= 0; i--, rest = Math.floor(rest / 10)) writtenDate[i] = ZERO + (rest % 10);
    writtenDate[8] = DASH;
    writtenDay = day;
  }
  buffer.set(writtenDate, at);
  let rest = epochMs - day * DAY_MS;
  for (let i = at + 20; i > at + 17; i--) {
    buffer[i] = ZERO + (rest % 10);
    rest = (rest / 10) | 0;
  }
  buffer[at + 17] = DOT;
  const second = rest % 60;
  const minute = ((rest / 60) | 0) % 60;
  const hour = (rest / 3600) | 0;
  writeTwo(buffer, at + 15, second);
  buffer[at + 14] = COLON;
  writeTwo(buffer, at + 12, minute);
  buffer[at + 11] = COLON;
  writeTwo(buffer, at + 9, hour);
}

function writeTwo(buffer: Uint8Array, at: number, value: number): void {
  buffer[at] = ZERO + ((value / 10) | 0);
  buffer[at + 1] = ZERO + (value % 10);
}
