/**
 * The rules of a configuration that can be checked while one types, in the operator's words. The configuration store has the last
 * word and checks all of them again; what it refuses is shown at the same fields.
 */
export type Rule = (typed: string) => string | null;

const MUST_BE_GIVEN = 'must be given';

/** A rule for what may be left empty. */
export const optional =
  (rule: Rule): Rule =>
  (typed) =>
    typed.trim() === '' ? null : rule(typed);

const pattern =
  (expression: RegExp, sentence: string): Rule =>
  (typed) =>
    typed === '' ? MUST_BE_GIVEN : expression.test(typed) ? null : sentence;

export const provider = pattern(/^(?!\.\.?$)[A-Za-z0-9_.-]{1,64}$/, 'must have 1 to 64 letters, digits and _ . - only');
export const compId = pattern(
  /^(?=[!-<>-~])[ -<>-~]{1,64}(?<! )$/,
  'must have 1 to 64 printable ASCII characters without = and without spaces at its ends',
);
export const fixValue = pattern(/^[ -~]{1,256}$/, 'must have 1 to 256 printable ASCII characters');
export const file = pattern(
  /^(\/|[A-Za-z]:[\\/])[^\0\r\n]+$/,
  'must be the absolute path of a file on the machine of the console',
);
export const time = pattern(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day as HH:MM');

const LABEL = /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/;
const IPV4 = /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?!$)|$)){4}$/;

export const host: Rule = (typed) => {
  if (typed === '') return MUST_BE_GIVEN;
  const labels = typed.replace(/\.$/, '').split('.');
  const isName = typed.length <= 253 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '');
  // The colons of an IPv6 address are left to the store.
  const maybeIpv6 = /^[0-9a-fA-F:.]+$/.test(typed) && typed.split(':').length > 2;
  return isName || IPV4.test(typed) || maybeIpv6 ? null : 'must be a DNS name or an IP address, without a port';
};

export const integer =
  (min: number, max: number): Rule =>
  (typed) => {
    if (typed.trim() === '') return MUST_BE_GIVEN;
    const value = Number(typed);
    return Number.isInteger(value) && value >= min && value <= max ? null : `must be a whole number from ${min} to ${max}`;
  };

export const number =
  (min: number, max: number): Rule =>
  (typed) => {
    if (typed.trim() === '') return MUST_BE_GIVEN;
    const value = Number(typed);
    return value >= min && value <= max ? null : `must be a number from ${min} to ${max}`;
  };

export const port = integer(1, 65_535);

export const timeZone: Rule = (typed) => {
  if (typed === '') return MUST_BE_GIVEN;
  try {
    new Intl.DateTimeFormat('en', { timeZone: typed });
    return null;
  } catch (error) {
    if (error instanceof RangeError) return 'must be an IANA time zone such as America/New_York';
    throw error;
  }
};

/** The lines of a field that holds one thing a line. */
export const linesOf = (typed: string): readonly string[] =>
  typed
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** host:port; the last colon parts them, so that an IPv6 address keeps its own. */
export function splitHostPort(line: string): { readonly host: string; readonly port: string } {
  const colon = line.lastIndexOf(':');
  return colon < 0
    ? { host: line, port: '' }
    : { host: line.slice(0, colon).replace(/^\[|\]$/g, ''), port: line.slice(colon + 1) };
}

export const hostPorts: Rule = (typed) => {
  for (const line of linesOf(typed)) {
    const parts = splitHostPort(line);
    const problem = host(parts.host) ?? port(parts.port);
    if (problem !== null) return `${line}: must be host:port, one a line`;
  }
  return null;
};

/** Tags of header, trailer and Logon that the session sets by itself. */
const SESSION_TAGS = new Set([8, 9, 10, 34, 35, 43, 49, 50, 52, 56, 57, 97, 98, 108, 122, 141]);
const OWN_FIELD = new Map([
  [553, 'Username'],
  [554, 'Password'],
  [925, 'NewPassword'],
]);

export const logonTags: Rule = (typed) => {
  const wrong = linesOf(typed).find((line) => !/^\d{1,5}=[ -~]{1,256}$/.test(line));
  if (wrong !== undefined) return `${wrong}: must be tag=value, one a line`;
  const tag = linesOf(typed)
    .map((line) => Number(line.slice(0, line.indexOf('='))))
    .find((known) => SESSION_TAGS.has(known) || OWN_FIELD.has(known));
  if (tag === undefined) return null;
  const name = OWN_FIELD.get(tag);
  return name === undefined ? `${tag}: the session sets this tag by itself` : `${name}(${tag}) has a field of its own`;
};
