import { type Field, fieldValue, printable } from './script-message.ts';

/** Values that a script captured with `?name` or set with `let`. */
export type Variables = Map<string, string>;

/**
 * Compares a received message with an `expect` line. Each part of the line is one of
 * `tag=value` (equal), `tag=*` (there, any value), `tag=~text` (contains text), `tag=?name` (there; the value is kept as $name),
 * `!tag` (not there). Answers what differs, or null. Captures only on success.
 */
export function matchFields(received: readonly Field[], pattern: string, variables: Variables): string | null {
  const captures: [string, string][] = [];
  for (const part of pattern.split('|').filter((p) => p !== '')) {
    if (part.startsWith('!')) {
      const value = fieldValue(received, Number(part.slice(1)));
      if (value !== undefined) return `${part.slice(1)}=${value} must not be there`;
      continue;
    }
    const at = part.indexOf('=');
    const tag = Number(part.slice(0, at));
    const wanted = part.slice(at + 1);
    const value = fieldValue(received, tag);
    if (value === undefined) return `${tag} is missing`;
    if (wanted === '*') continue;
    if (wanted.startsWith('?')) captures.push([wanted.slice(1), value]);
    else if (wanted.startsWith('~')) {
      if (!value.toLowerCase().includes(wanted.slice(1).toLowerCase()))
        return `${tag}="${value}" does not contain "${wanted.slice(1)}"`;
    } else if (value !== wanted) return `${tag} should be "${wanted}" and is "${value}"`;
  }
  for (const [name, value] of captures) variables.set(name, value);
  return null;
}

const ENVELOPE = [8, 9, 49, 56, 52, 10];

/** As matchFields, and besides the standard envelope nothing else may be there, and in this order (35 and 34 excepted). */
export function matchExactly(received: readonly Field[], pattern: string, variables: Variables): string | null {
  const loose = matchFields(received, pattern, variables);
  if (loose !== null) return loose;
  const placed = new Set([...ENVELOPE, 34, 35]);
  const wanted = pattern
    .split('|')
    .map((part) => Number.parseInt(part, 10))
    .filter((tag) => !placed.has(tag));
  const got = received.map(([tag]) => tag).filter((tag) => !placed.has(tag));
  return wanted.join() === got.join() ? null : `fields should be ${wanted.join(' ')} and are ${got.join(' ')}`;
}

/**
 * Scenario 8: a resent message is the original with PossDupFlag(43)=Y and OrigSendingTime(122) = the original SendingTime;
 * every other field, its value and its place stay as they were; only SendingTime, BodyLength and CheckSum are new.
 */
export function matchResend(received: readonly Field[], original: readonly Field[]): string | null {
  if (fieldValue(received, 43) !== 'Y') return 'a resent message must carry PossDupFlag(43)=Y';
  const sentAt = fieldValue(original, 52);
  if (fieldValue(received, 122) !== sentAt) return `OrigSendingTime(122) should be the original SendingTime ${sentAt}`;
  const body = received.findIndex(([tag]) => tag === 43 || tag === 122);
  const firstBodyTag = original.findIndex(([tag]) => !HEADER.has(tag));
  if (body > firstBodyTag) return 'PossDupFlag(43) and OrigSendingTime(122) must stand in the header';
  const keep = (fields: readonly Field[]): string =>
    fields
      .filter(([tag]) => ![9, 10, 52, 43, 122].includes(tag))
      .map(([tag, value]) => `${tag}=${value}`)
      .join('|');
  const was = keep(original);
  const is = keep(received);
  return was === is ? null : `the resent message differs from the original\n  was ${printable(was)}\n  is  ${printable(is)}`;
}

const HEADER = new Set([
  8, 9, 35, 49, 56, 115, 128, 90, 91, 34, 50, 142, 57, 143, 116, 144, 129, 145, 43, 97, 52, 122, 212, 213, 347, 369, 627, 628,
  629, 630,
]);
