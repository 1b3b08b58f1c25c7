import { isIP } from 'node:net';

/** Who may talk to the console over HTTP and WebSocket: pure checks, used at both doors. */

/**
 * Whether a Host header names this console: localhost, an address, or the name it was told to listen on. A page of another site whose
 * name was made to resolve to this machine (DNS rebinding) still sends its own name; an address cannot be made to resolve elsewhere.
 */
export function isOwnHost(hostHeader: string | undefined, listenHost: string): boolean {
  const [, ipv6, name] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s/@[\]]+))(?::\d{1,5})?$/.exec(hostHeader ?? '') ?? [];
  if (ipv6 !== undefined) return isIP(ipv6) === 6;
  if (name === undefined) return false;
  return isIP(name) === 4 || name.toLowerCase() === 'localhost' || name.toLowerCase() === listenHost.toLowerCase();
}

/** Whether a request comes from our own page, or from no page at all (programs send no Origin; they need the token like everyone). */
export function isOwnOrigin(origin: string | undefined, hostHeader: string | undefined): boolean {
  return origin === undefined || (hostHeader !== undefined && origin.toLowerCase() === `http://${hostHeader.toLowerCase()}`);
}
