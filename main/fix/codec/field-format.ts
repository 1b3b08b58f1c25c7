import { dateDigits, isUtcTimestamp, timeOfDayMs } from './utc-timestamp.ts';

/** How the value of a FIX data type must look. Several types share a format. */
export const FORMAT = {
  /** Any value without SOH. */
  Any: 0,
  /** Optional minus, digits (leading zeros allowed). */
  Int: 1,
  /** Digits. */
  Unsigned: 2,
  /** Optional minus, digits with at most one decimal point, no exponent. */
  Float: 3,
  Char: 4,
  Boolean: 5,
  /** Values separated by single spaces. */
  MultipleString: 6,
  /** Characters separated by single spaces. */
  MultipleChar: 7,
  /** ISO 3166: two capitals. */
  Country: 8,
  /** ISO 4217: three capitals. */
  Currency: 9,
  /** Letters and digits: ISO 10383, or the older exchange codes of the standard's appendix. */
  Exchange: 10,
  /** YYYYMM, YYYYMMDD or YYYYMMw1 … w5. */
  MonthYear: 11,
  UtcTimestamp: 12,
  UtcTimeOnly: 13,
  /** YYYYMMDD, UTC or local. */
  Date: 14,
  /** 1 … 31. */
  DayOfMonth: 15,
  /** D, M, W or Y and a number. */
  Tenor: 16,
  /** HH:MM[:SS[.sss]] and Z or an offset. */
  TzTimeOnly: 17,
  TzTimestamp: 18,
  /** ISO 639: two small letters. */
  Language: 19,
  /** Bytes counted by a length field; may contain SOH. */
  Data: 20,
} as const;

export type Format = (typeof FORMAT)[keyof typeof FORMAT];

/** By type name of the dictionary; FIX 4.4's own and what dictionaries of other versions call them. Unlisted types take any value. */
const FORMAT_OF_TYPE: Readonly<Record<string, Format>> = {
  INT: FORMAT.Int,
  LENGTH: FORMAT.Unsigned,
  NUMINGROUP: FORMAT.Unsigned,
  SEQNUM: FORMAT.Unsigned,
  TAGNUM: FORMAT.Unsigned,
  DAYOFMONTH: FORMAT.DayOfMonth,
  'DAY-OF-MONTH': FORMAT.DayOfMonth,
  FLOAT: FORMAT.Float,
  QTY: FORMAT.Float,
  QUANTITY: FORMAT.Float,
  PRICE: FORMAT.Float,
  PRICEOFFSET: FORMAT.Float,
  AMT: FORMAT.Float,
  PERCENTAGE: FORMAT.Float,
  CHAR: FORMAT.Char,
  BOOLEAN: FORMAT.Boolean,
  MULTIPLEVALUESTRING: FORMAT.MultipleString,
  MULTIPLESTRINGVALUE: FORMAT.MultipleString,
  MULTIPLECHARVALUE: FORMAT.MultipleChar,
  COUNTRY: FORMAT.Country,
  CURRENCY: FORMAT.Currency,
  EXCHANGE: FORMAT.Exchange,
  MONTHYEAR: FORMAT.MonthYear,
  'MONTH-YEAR': FORMAT.MonthYear,
  UTCTIMESTAMP: FORMAT.UtcTimestamp,
  TIME: FORMAT.UtcTimestamp,
  UTCTIMEONLY: FORMAT.UtcTimeOnly,
  UTCDATEONLY: FORMAT.Date,
  UTCDATE: FORMAT.Date,
  DATE: FORMAT.Date,
  LOCALMKTDATE: FORMAT.Date,
  TENOR: FORMAT.Tenor,
  TZTIMEONLY: FORMAT.TzTimeOnly,
  TZTIMESTAMP: FORMAT.TzTimestamp,
  LANGUAGE: FORMAT.Language,
  DATA: FORMAT.Data,
  XMLDATA: FORMAT.Data,
};

export const formatOfType = (type: string): Format => FORMAT_OF_TYPE[type] ?? FORMAT.Any;

const isDigit = (char: number): boolean => char >= 0x30 && char <= 0x39;
const isCapital = (char: number): boolean => char >= 0x41 && char <= 0x5a;
const isSmall = (char: number): boolean => char >= 0x61 && char <= 0x7a;

/** Whether the non-empty value buffer[start, end) has the format. */
export function hasFormat(format: number, buffer: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  switch (format) {
    case FORMAT.Any:
    case FORMAT.Data:
      return true;
    case FORMAT.Int:
      return isUnsigned(buffer, buffer[start] === 0x2d ? start + 1 : start, end);
    case FORMAT.Unsigned:
      return isUnsigned(buffer, start, end);
    case FORMAT.Float:
      return isFloat(buffer, start, end);
    case FORMAT.Char:
      return length === 1;
    case FORMAT.Boolean:
      return length === 1 && (buffer[start] === 0x59 || buffer[start] === 0x4e);
    case FORMAT.MultipleString:
      return isSpaced(buffer, start, end, false);
    case FORMAT.MultipleChar:
      return isSpaced(buffer, start, end, true);
    case FORMAT.Country:
      return length === 2 && isCapital(buffer[start]!) && isCapital(buffer[start + 1]!);
    case FORMAT.Currency:
      return length === 3 && isCapital(buffer[start]!) && isCapital(buffer[start + 1]!) && isCapital(buffer[start + 2]!);
    case FORMAT.Exchange:
      return isAlphanumeric(buffer, start, end);
    case FORMAT.MonthYear:
      return isMonthYear(buffer, start, end);
    case FORMAT.UtcTimestamp:
      return isUtcTimestamp(buffer, start, end);
    case FORMAT.UtcTimeOnly:
      return timeOfDayMs(buffer, start, end) >= 0;
    case FORMAT.Date:
      return length === 8 && dateDigits(buffer, start) >= 0;
    case FORMAT.DayOfMonth:
      return length <= 2 && isUnsigned(buffer, start, end) && inRange(buffer, start, end, 1, 31);
    case FORMAT.Tenor:
      return isTenorUnit(buffer[start]!) && isUnsigned(buffer, start + 1, end);
    case FORMAT.TzTimeOnly:
      return isTzTime(buffer, start, end);
    case FORMAT.TzTimestamp:
      return length >= 15 && buffer[start + 8] === 0x2d && dateDigits(buffer, start) >= 0 && isTzTime(buffer, start + 9, end);
    case FORMAT.Language:
      return length === 2 && isSmall(buffer[start]!) && isSmall(buffer[start + 1]!);
    default:
      return true;
  }
}

export function isUnsigned(buffer: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if (!isDigit(buffer[i]!)) return false;
  }
  return start < end;
}

export function isFloat(buffer: Uint8Array, start: number, end: number): boolean {
  let digits = 0;
  let points = 0;
  for (let i = buffer[start] === 0x2d ? start + 1 : start; i < end; i++) {
    const char = buffer[i]!;
    if (isDigit(char)) digits++;
    else if (char === 0x2e) points++;
    else return false;
  }
  return digits > 0 && points <= 1;
}

function isSpaced(buffer: Uint8Array, start: number, end: number, single: boolean): boolean {
  let length = 0;
  for (let i = start; i <= end; i++) {
    if (i === end || buffer[i] === 0x20) {
      if (length === 0 || (single && length > 1)) return false;
      length = 0;
    } else length++;
  }
  return true;
}

function isAlphanumeric(buffer: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const char = buffer[i]!;
    if (!isDigit(char) && !isCapital(char) && !isSmall(char)) return false;
  }
  return true;
}

function isMonthYear(buffer: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length === 8 && buffer[start + 6] !== 0x77) return dateDigits(buffer, start) >= 0;
  if (length !== 6 && length !== 8) return false;
  if (!isUnsigned(buffer, start, start + 6) || !inRange(buffer, start + 4, start + 6, 1, 12)) return false;
  return length === 6 || (buffer[start + 7]! >= 0x31 && buffer[start + 7]! <= 0x35);
}

function inRange(buffer: Uint8Array, start: number, end: number, low: number, high: number): boolean {
  let value = 0;
  for (let i = start; i < end; i++) value = value * 10 + buffer[i]! - 0x30;
  return value >= low && value <= high;
}

const isTenorUnit = (char: number): boolean => char === 0x44 || char === 0x4d || char === 0x57 || char === 0x59;

/** HH:MM[:SS[.sss]] followed by Z, or + or - and HH or HH:MM. */
function isTzTime(buffer: Uint8Array, start: number, end: number): boolean {
  let zone = start;
  while (zone < end && buffer[zone] !== 0x5a && buffer[zone] !== 0x2b && buffer[zone] !== 0x2d) zone++;
  const hasSeconds = zone - start > 5;
  if (hasSeconds ? timeOfDayMs(buffer, start, zone) < 0 : !isHourMinute(buffer, start, zone)) return false;
  if (buffer[zone] === 0x5a) return zone + 1 === end;
  const offset = end - zone - 1;
  if (zone >= end || (offset !== 2 && offset !== 5)) return false;
  if (offset === 5) return isHourMinute(buffer, zone + 1, end);
  return isUnsigned(buffer, zone + 1, end) && inRange(buffer, zone + 1, end, 0, 23);
}

function isHourMinute(buffer: Uint8Array, start: number, end: number): boolean {
  return (
    end - start === 5 &&
    buffer[start + 2] === 0x3a &&
    isUnsigned(buffer, start, start + 2) &&
    isUnsigned(buffer, start + 3, end) &&
    inRange(buffer, start, start + 2, 0, 23) &&
    inRange(buffer, start + 3, end, 0, 59)
  );
}
