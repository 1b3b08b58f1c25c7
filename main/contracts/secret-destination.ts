/**
 * Where the secrets of an LP go. They are stored for that place alone: whoever may change a row, by whatever door, does not thereby decide who
 * is told a password.
 */

/** What is stored out of sight, by the names that the operator knows. */
export type SecretName = 'password' | 'new_password' | 'session.logonTags';

interface Destination {
  readonly host: string;
  readonly port: number;
  readonly ssl: boolean;
  readonly tunnel: { readonly verify: 'chain' | 'pinned' | 'none' };
  readonly session: { readonly backupHosts: readonly { readonly host: string; readonly port: number }[] };
}

export const ENTER_AGAIN =
  'must be entered again: what is stored was not entered for this Host, Port, SSL and list of backup hosts, and is not sent there';

/** The place that a secret is stored for when it is entered with this configuration. */
export function destinationOf(config: Destination): string {
  const { ssl, tunnel } = config;
  return place(config, ssl ? (tunnel.verify === 'none' ? 'unverified' : 'verified') : 'plain');
}

/** Whether both send secrets to the same place. */
export const sameDestination = (a: Destination, b: Destination): boolean => destinationOf(a) === destinationOf(b);

/**
 * The places that a secret may have been stored for, to be sent with this configuration: also the same hosts by TLS without verification,
 * for who verifies is more careful than was asked for. Not the other way round.
 */
export function destinationsFor(config: Destination): readonly string[] {
  const own = destinationOf(config);
  return config.ssl && config.tunnel.verify !== 'none' ? [own, place(config, 'unverified')] : [own];
}

/** The order of the hosts is a matter of priority. */
function place({ host, port, session }: Destination, how: 'plain' | 'unverified' | 'verified'): string {
  const hosts = [{ host, port }, ...session.backupHosts].map((one) => `${one.host.toLowerCase()} ${one.port}`);
  return JSON.stringify([how, ...[...new Set(hosts)].sort()]);
}
