import { isIPv4 } from 'node:net';

/** An IPv4 address as itself, also where it came in by an IPv6 socket. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

/** Of a host name only localhost is known to stay on this machine. */
export function isLoopback(host: string): boolean {
  const plain = plainAddress(host).toLowerCase();
  return plain === 'localhost' || plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'));
}
