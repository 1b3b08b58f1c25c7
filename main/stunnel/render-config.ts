import { isIP } from 'node:net';
import type { LocalEnd } from '../contracts/local-end.ts';
import type { HostPort, LpConfig } from '../contracts/lp-config.ts';

/** A value that cannot stand in a stunnel configuration: it would break out of its line. `field` is the column as the operator knows it. */
class UnsafeValue extends Error {
  readonly field: string;

  constructor(field: string) {
    super(`${field} must not contain line breaks or other control characters`);
    this.field = field;
  }
}

export interface RenderOptions {
  /** What the engine will dial. */
  readonly localEnd: LocalEnd;
  /** CA bundle of the system, for verify chain without caFile; null when none was found. */
  readonly systemCaFile: string | null;
}

/**
 * The stunnel configuration of one LP's tunnel. It holds no secret: keys stay in their files.
 * Options after stunnel(8). Session resumption is off so that each connection verifies the certificate anew; TIMEOUTclose 0 so that a
 * socket which we destroy is closed towards the LP at once.
 * @throws UnsafeValue for a value with control characters; Error when verify is chain and there is no CA file at all.
 */
export function renderConfig(config: LpConfig, target: HostPort, { localEnd, systemCaFile }: RenderOptions): string {
  const { tunnel } = config;
  const lines = [
    'foreground = yes',
    'pid =',
    'syslog = no',
    // 6 is the lowest level that tells the negotiated version and cipher.
    'debug = 6',
    `[${safe('Provider', config.provider)}]`,
    'client = yes',
    `accept = ${safe('the local end', localAddress(localEnd))}`,
    `connect = ${hostPort(safe('Host', target.host), target.port)}`,
    // The name is resolved at each connect, not once at the start.
    'delay = yes',
    'TIMEOUTconnect = 10',
    'TIMEOUTbusy = 10',
    'TIMEOUTclose = 0',
    'sessionResume = no',
    `sslVersionMin = ${tunnel.minVersion}`,
    // An address is no server name (RFC 6066); empty sends none.
    `sni = ${safe('tunnel.sni', tunnel.sni ?? (isIP(target.host) === 0 ? target.host : ''))}`,
  ];
  switch (tunnel.verify) {
    case 'chain': {
      const caFile = tunnel.caFile ?? systemCaFile;
      if (caFile === null) throw new Error('no CA bundle found on this machine; set tunnel.caFile');
      lines.push('verifyChain = yes', `CAfile = ${safe('tunnel.caFile', caFile)}`, check(tunnel.checkHost ?? target.host));
      break;
    }
    case 'pinned':
      if (tunnel.caFile === null) throw new Error('verify pinned needs the certificate in tunnel.caFile');
      lines.push('verifyPeer = yes', `CAfile = ${safe('tunnel.caFile', tunnel.caFile)}`);
      if (tunnel.checkHost !== null) lines.push(check(tunnel.checkHost));
      break;
    case 'none':
      lines.push('verifyChain = no', 'verifyPeer = no');
      break;
  }
  if (tunnel.certFile !== null) lines.push(`cert = ${safe('tunnel.certFile', tunnel.certFile)}`);
  if (tunnel.keyFile !== null) lines.push(`key = ${safe('tunnel.keyFile', tunnel.keyFile)}`);
  return `${lines.join('\n')}\n`;
}

/** As stunnel's configuration and its log have it. */
export const localAddress = (end: LocalEnd): string => ('path' in end ? end.path : `${end.host}:${end.port}`);

function check(name: string): string {
  const value = safe('tunnel.checkHost', name);
  return isIP(value) === 0 ? `checkHost = ${value}` : `checkIP = ${value}`;
}

function hostPort(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

function safe(field: string, value: string): string {
  for (const char of value) {
    const code = char.charCodeAt(0);
    if (code < 0x20 || code === 0x7f) throw new UnsafeValue(field);
  }
  return value;
}
