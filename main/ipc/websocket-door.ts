import type { IncomingMessage } from 'node:http';
import { WS_PROTOCOL } from '../contracts/ipc.ts';
import { isOwnHost, isOwnOrigin, isToken } from '../operations/access.ts';

const TOKEN_PREFIX = 'token.';

export interface Refusal {
  readonly status: 400 | 401 | 403;
  readonly text: string;
}

/**
 * Checks an upgrade request before the WebSocket exists: Host and Origin are ours, the protocol is spoken, the token is right.
 * Null: let it in. The token travels as a subprotocol because a browser cannot set headers on a WebSocket.
 */
export function refuseUpgrade(
  headers: IncomingMessage['headers'],
  { token, listenHost }: { readonly token: string; readonly listenHost: string },
): Refusal | null {
  if (!isOwnHost(headers.host, listenHost)) return { status: 403, text: 'Host header not allowed' };
  if (!isOwnOrigin(headers.origin, headers.host)) return { status: 403, text: 'Origin not allowed' };
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
  if (!offered.includes(WS_PROTOCOL)) return { status: 400, text: `Subprotocol ${WS_PROTOCOL} not offered` };
  const given = offered.find((protocol) => protocol.startsWith(TOKEN_PREFIX))?.slice(TOKEN_PREFIX.length) ?? '';
  return isToken(given, token) ? null : { status: 401, text: 'Token missing or wrong' };
}
