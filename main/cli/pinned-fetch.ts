import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect, type TLSSocket } from 'node:tls';

interface Asked {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal: AbortSignal;
}

/**
 * Asks a console that speaks TLS. It is known by its certificate, which is on this machine: whoever signed it, and whatever name it has.
 *
 * @param certFile PEM
 * @throws Error when it has another certificate (nothing has been sent then), or what the network says
 */
export async function pinnedFetch(url: URL, certFile: string, asked: Asked): Promise<{ status: number; text: string }> {
  const socket = await pinned(url, certFile, asked.signal);
  try {
    const { method, headers, body, signal } = asked;
    const outgoing: ClientRequest = request(url.href.replace(/^https:/, 'http:'), {
      method,
      headers: { ...headers, host: url.host, connection: 'close' },
      createConnection: () => socket,
      signal,
    });
    outgoing.end(body ?? undefined);
    const [response] = (await once(outgoing, 'response', { signal })) as [IncomingMessage];
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    return { status: response.statusCode ?? 0, text };
  } finally {
    socket.destroy();
  }
}

async function pinned(url: URL, certFile: string, signal: AbortSignal): Promise<TLSSocket> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const socket = connect({ host, port: Number(url.port === '' ? 443 : url.port), rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect', { signal });
    const own = new X509Certificate(readFileSync(certFile)).fingerprint256;
    if (socket.getPeerX509Certificate()?.fingerprint256 === own) return socket;
    throw new Error(`it does not have the certificate of ${certFile}`);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
