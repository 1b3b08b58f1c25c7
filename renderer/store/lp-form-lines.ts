import type { HostPort, SessionOptions } from '../../main/contracts/lp-config.ts';

/** A list as text, one item a line. */
export interface Lines<T> {
  /** How a line must look. */
  readonly format: string;
  show(item: T): string;
  /** The item of a line; null when the line does not look like one. */
  read(line: string): T | null;
}

export const linesOf = (typed: string): readonly string[] =>
  typed
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const number = (digits: string): number => (/^\d+$/.test(digits) ? Number(digits) : Number.NaN);

export const hostPortLines: Lines<HostPort> = {
  format: 'host:port',
  show: ({ host, port }) => `${host}:${port}`,
  read: (line) => {
    // The last colon parts them, so that an IPv6 address keeps its own.
    const colon = line.lastIndexOf(':');
    if (colon < 0) return null;
    return { host: line.slice(0, colon).replace(/^\[|\]$/g, ''), port: number(line.slice(colon + 1)) };
  },
};

const HIDDEN = '***';

export const tagLines: Lines<SessionOptions['logonTags'][number]> = {
  format: 'tag=value',
  // What is stored out of sight.
  show: ([tag, value]) => `${tag}=${value ?? HIDDEN}`,
  read: (line) => {
    const at = line.indexOf('=');
    const value = line.slice(at + 1);
    return at < 0 ? null : [number(line.slice(0, at)), value === HIDDEN ? null : value];
  },
};

export const numberLines: Lines<number> = { format: 'a number', show: String, read: (line) => number(line) };
