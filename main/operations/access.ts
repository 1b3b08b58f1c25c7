import { createHash, timingSafeEqual } from 'node:crypto';

/** Who may talk to the console over HTTP and WebSocket: pure checks, used at both doors. */

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether `given` is the token, in a time that does not depend on either. */
export function isToken(given: string, token: string): boolean {
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/**
 * Whether a Host header names this console: a loopback name, or the host it was told to listen on. A page of another site whose name
 * was made to resolve to this machine (DNS rebinding) still sends its own name.
 */
export function isOwnHost(hostHeader: string | undefined, listenHost: string): boolean {
  if (hostHeader === undefined) return false;
  const name = /^(\[[0-9a-fA-F:.]+\]|[^:\s/@]+)(:\d{1,5})?$/.exec(hostHeader)?.[1]?.toLowerCase();
  if (name === undefined) return false;
  const listen = (listenHost.includes(':') ? `[${listenHost}]` : listenHost).toLowerCase();
  return LOOPBACK_NAMES.has(name) || name === listen;
}

/** Whether a request comes from our own page, or from no page at all (programs send no Origin; they need the token like everyone). */
export function isOwnOrigin(origin: string | undefined, hostHeader: string | undefined): boolean {
  return origin === undefined || (hostHeader !== undefined && origin.toLowerCase() === `http://${hostHeader.toLowerCase()}`);
}
