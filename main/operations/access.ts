import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP, isIPv4 } from 'node:net';
import { isLoopback, plainAddress } from '../base/loopback.ts';

export interface AccessRules {
  /** `VFXLP_ADMIN_HOST`. */
  readonly listenHost: string;
  /** `VFXLP_ADMIN_NAMES`: further names of this console. */
  readonly names: readonly string[];
  /** Whether the port speaks TLS itself. */
  readonly tls: boolean;
  /** `VFXLP_TRUSTED_PROXY`: addresses, or networks as `10.1.0.0/16`. */
  readonly trustedProxies: readonly string[];
}

/** Who talks to the console, and how: by a trusted proxy's word where one is between. */
export interface Caller {
  /** Address. */
  readonly from: string;
  /** As the browser has it in its address bar. */
  readonly host: string | undefined;
  /** Whether nobody on the way could read along. */
  readonly scheme: 'http' | 'https';
  readonly byProxy: boolean;
}

/** Who may talk to the console over HTTP and WebSocket; asked at both doors. */
export class Access {
  readonly #rules: AccessRules;
  readonly #proxies = new BlockList();
  readonly #names: ReadonlySet<string>;

  constructor(rules: AccessRules) {
    this.#rules = rules;
    this.#names = new Set(['localhost', rules.listenHost, ...rules.names].map((name) => name.toLowerCase()));
    for (const proxy of rules.trustedProxies) {
      const [address = '', bits] = proxy.split('/');
      if (bits === undefined) this.#proxies.addAddress(address, familyOf(address));
      else this.#proxies.addSubnet(address, Number(bits), familyOf(address));
    }
  }

  /** Plain HTTP beyond this machine is for trusted proxies alone. */
  mayConnect(peer: string | undefined): boolean {
    return this.#rules.tls || isLoopback(peer ?? '') || this.#isProxy(peer ?? '');
  }

  /** @param peer address of the connection's other end */
  caller(headers: IncomingHttpHeaders, peer: string | undefined): Caller {
    const from = plainAddress(peer ?? 'unknown');
    const direct = { from, host: headers.host, scheme: this.#rules.tls ? 'https' : 'http', byProxy: false } as const;
    const way = listOf(headers['x-forwarded-for']);
    if (way.length === 0 || !this.#isProxy(from)) return direct;
    return {
      // From the right: what a proxy has been told by others stands on the left.
      from: plainAddress(way.findLast((address) => !this.#isProxy(address)) ?? way[0] ?? from),
      host: listOf(headers['x-forwarded-host']).at(-1) ?? headers.host,
      scheme: listOf(headers['x-forwarded-proto']).at(-1)?.toLowerCase() === 'https' ? 'https' : 'http',
      byProxy: true,
    };
  }

  /** Null, or a sentence: Host is not ours (a page of another site whose name was made to resolve here still sends its own), or the way is open. */
  refusal({ host, scheme, byProxy }: Caller): string | null {
    if (!this.#isOwnHost(host))
      return 'The Host header names another site: use the address that the console printed, or name it in VFXLP_ADMIN_NAMES.';
    if (byProxy && scheme !== 'https')
      return 'The proxy was asked over plain HTTP, or does not send X-Forwarded-Proto: use https.';
    return null;
  }

  /** Whether a request comes from our own page, or from no page at all (programs send no Origin; they need the token like everyone). */
  isOwnOrigin(origin: string | undefined, { host, scheme }: Caller): boolean {
    return origin === undefined || (host !== undefined && origin.toLowerCase() === `${scheme}://${host.toLowerCase()}`);
  }

  /** localhost, an address, or a name that the console was told: an address cannot be made to resolve elsewhere. */
  #isOwnHost(header: string | undefined): boolean {
    const [, ipv6, name] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s/@[\]]+))(?::\d{1,5})?$/.exec(header ?? '') ?? [];
    if (ipv6 !== undefined) return isIP(ipv6) === 6;
    return name !== undefined && (isIP(name) === 4 || this.#names.has(name.toLowerCase()));
  }

  #isProxy(address: string): boolean {
    const plain = plainAddress(address);
    return isIP(plain) !== 0 && this.#proxies.check(plain, familyOf(plain));
  }
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv4(address) ? 'ipv4' : 'ipv6');

function listOf(header: string | readonly string[] | undefined): readonly string[] {
  const text = typeof header === 'string' ? header : (header ?? []).join(',');
  return text.split(',').flatMap((part) => part.trim() || []);
}
