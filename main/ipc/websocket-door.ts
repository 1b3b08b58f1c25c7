import type { IncomingMessage } from 'node:http';
import { WS_PROTOCOL } from '../contracts/ipc.ts';
import type { Access, Caller } from '../operations/access.ts';

const TOKEN_PREFIX = 'token.';

export interface Refusal {
  readonly status: 400 | 401 | 403;
  readonly text: string;
}

/**
 * Checks an upgrade request before the WebSocket exists: Host, way and Origin are ours, and the protocol is spoken. Null: its token decides.
 */
export function refuseUpgrade(headers: IncomingMessage['headers'], caller: Caller, access: Access): Refusal | null {
  const refusal = access.refusal(caller);
  if (refusal !== null) return { status: 403, text: refusal };
  if (!access.isOwnOrigin(headers.origin, caller)) return { status: 403, text: 'Origin not allowed' };
  const offered = protocols(headers);
  if (!offered.includes(WS_PROTOCOL)) return { status: 400, text: `Subprotocol ${WS_PROTOCOL} not offered` };
  return null;
}

/** '' when there is none. It travels as a subprotocol because a browser cannot set headers on a WebSocket. */
export function offeredToken(headers: IncomingMessage['headers']): string {
  return (
    protocols(headers)
      .find((protocol) => protocol.startsWith(TOKEN_PREFIX))
      ?.slice(TOKEN_PREFIX.length) ?? ''
  );
}

function protocols(headers: IncomingMessage['headers']): readonly string[] {
  return (headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
}
