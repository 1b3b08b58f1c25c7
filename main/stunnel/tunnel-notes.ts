import type { DisconnectReason, ReasonCode } from '../contracts/disconnect-reason.ts';
import type { TunnelNote } from '../contracts/processes.ts';

const LINE = /^(?:\S+ \S+ )?LOG\d\[(\w+)\]: (.*)$/;
const ACCEPTED = / accepted connection from /;
const RESOLVING = /^Error resolving "([^"]*)": (.*)$/;
const CONNECTED = /^s_connect: connected (\S+)$/;
const CONNECTING_FAILED = /^s_connect: (?:connect|s_poll_wait) (\S+): (.*)$/;
const CIPHER = /^(TLSv[\d.]+) ciphersuite: (\S+)/;
const CERTIFICATE = /^CERT: (?:Pre-verification error: )?(.*)$/;
const REJECTED = /^Rejected by \w+ at depth=\d+: (.*)$/;
const TLS_FAILED = /^(SSL_connect|SSL_read|SSL_write|init TLS)(?:: s_poll_wait)?: (.*)$/;
const CLOSED = /^Connection (?:closed|reset|closed\/reset): /;

/** Words of OpenSSL and stunnel that an operator would have to look up. */
const PLAIN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^Subject checks failed$/, 'it does not carry the expected host name'],
  [/^Certificate not found in local repository$/, 'it is not the pinned certificate'],
  [/^TIMEOUT\w+ exceeded.*$/, 'no answer in time'],
  [/^.*wrong version number$/, 'the LP does not speak TLS on this port'],
  [/^.*alert protocol version$/, 'the LP does not offer the TLS version required'],
  [/^.*alert certificate required$/, 'the LP requires a client certificate'],
  [/^.*alert handshake failure$/, 'the LP refused the TLS handshake'],
  [
    /^.*alert (?:bad certificate|certificate unknown|unknown ca|certificate expired|certificate revoked)$/,
    'the LP refused our client certificate',
  ],
];

/** Reads stunnel's log, level 6, line by line. One per stunnel process; it keeps what each open connection has said so far. */
export class TunnelLogReader {
  readonly #doubts = new Map<string, { certificate: string | null; connect: DisconnectReason | null; told: boolean }>();

  /** @returns what the line means, or null for one that means nothing by itself. */
  read(line: string): TunnelNote | null {
    const parsed = LINE.exec(line);
    const [, connection, text] = parsed ?? [];
    if (connection === undefined || text === undefined || connection === 'ui' || connection === 'cron') return null;
    if (CLOSED.test(text)) {
      this.#doubts.delete(connection);
      return null;
    }
    const known = this.#doubts.get(connection);
    const doubt = known ?? { certificate: null, connect: null, told: false };
    if (known === undefined) this.#doubts.set(connection, doubt);

    if (ACCEPTED.test(text)) return { kind: 'accepted' };
    const [, address] = CONNECTED.exec(text) ?? [];
    if (address !== undefined) return { kind: 'connected', address };
    const [, version, cipher] = CIPHER.exec(text) ?? [];
    if (version !== undefined && cipher !== undefined) return { kind: 'tls', version, cipher };

    const failed = (reason: DisconnectReason): TunnelNote | null => {
      if (doubt.told) return null;
      doubt.told = true;
      return { kind: 'failed', reason };
    };
    const [, name, why] = RESOLVING.exec(text) ?? [];
    if (name !== undefined && why !== undefined) return failed({ code: 'dns-failed', detail: `${name}: ${why}` });
    const [, peer, error] = CONNECTING_FAILED.exec(text) ?? [];
    if (peer !== undefined && error !== undefined) {
      // A name may have further addresses: "No more addresses" says that this was the last.
      if (!error.startsWith('waiting')) doubt.connect = { code: connectCode(error), detail: `${peer}: ${plainWords(error)}` };
      return null;
    }
    if (text === 'No more addresses to connect') return failed(doubt.connect ?? { code: 'tcp-unreachable' });
    const [, subject] = REJECTED.exec(text) ?? [];
    if (subject !== undefined) {
      return failed({ code: 'tls-certificate', detail: `${subject}: ${plainWords(doubt.certificate ?? 'not accepted')}` });
    }
    const [, fault] = CERTIFICATE.exec(text) ?? [];
    if (fault !== undefined) {
      if (line.includes('LOG4[')) doubt.certificate = fault;
      return null;
    }
    const [, where, tlsError] = TLS_FAILED.exec(text) ?? [];
    if (where === undefined || tlsError === undefined) return null;
    if (where !== 'SSL_connect' && /^Connection reset/.test(tlsError))
      return failed({ code: 'tcp-reset', detail: 'by the LP, seen by stunnel' });
    return failed({ code: 'tls-failed', detail: plainWords(tlsError.replace(/^\S*\w+\.c:\d+: error:\w+:[^:]*:[^:]*:/, '')) });
  }
}

function connectCode(error: string): ReasonCode {
  if (/refused/i.test(error)) return 'tcp-refused';
  if (/timed out|TIMEOUT/i.test(error)) return 'tcp-timeout';
  return 'tcp-unreachable';
}

function plainWords(text: string): string {
  for (const [pattern, words] of PLAIN_WORDS) if (pattern.test(text)) return words;
  return text;
}
