import type { LpConfig } from '../contracts/lp-config.ts';
import { destinationOf, destinationsFor, type SecretName } from '../contracts/secret-destination.ts';
import { type LogonTag, type SecretTag, withoutSecrets, withSecrets } from '../contracts/secret-tags.ts';
import type { SecretColumn, Secrets } from './secrets.ts';

/** What stands in a row, encrypted. */
export type StoredSecrets = Readonly<Record<SecretColumn, Buffer | null>>;

type Destination = Pick<LpConfig, 'provider' | 'host' | 'port' | 'ssl' | 'tunnel' | 'session'>;

/** The secrets of a row, for the destination of a configuration. */
export interface OpenedSecrets {
  readonly password: string | null;
  readonly newPassword: string | null;
  readonly tags: readonly SecretTag[];
  /** Stored for another destination, or not at all where a field needs one. */
  readonly toEnter: readonly SecretName[];
  /** Encrypted with another key. */
  readonly otherKey: readonly SecretName[];
}

const NAMES: Readonly<Record<SecretColumn, SecretName>> = {
  password: 'password',
  new_password: 'new_password',
  secret_tags: 'session.logonTags',
};

export function openSecrets(secrets: Secrets, config: Destination, stored: StoredSecrets): OpenedSecrets {
  const destinations = destinationsFor(config);
  const toEnter = new Set<SecretName>();
  const otherKey: SecretName[] = [];
  const open = (column: SecretColumn): string | null => {
    const sealed = stored[column];
    if (sealed === null) return null;
    const opened = secrets.decrypt({ provider: config.provider, column }, destinations, sealed);
    if (opened.ok) return opened.plain;
    if (opened.because === 'key') otherKey.push(NAMES[column]);
    else toEnter.add(NAMES[column]);
    return null;
  };
  const password = open('password');
  const newPassword = open('new_password');
  const tags = JSON.parse(open('secret_tags') ?? '[]') as readonly SecretTag[];
  const lost = toEnter.has('session.logonTags') || otherKey.includes('session.logonTags');
  if (!lost && typeof withSecrets(config.session.logonTags, tags) === 'number') toEnter.add('session.logonTags');
  return { password, newPassword, tags, toEnter: [...toEnter], otherKey };
}

export function sealSecret(secrets: Secrets, config: Destination, column: SecretColumn, plain: string): Buffer {
  return secrets.encrypt({ provider: config.provider, column, destination: destinationOf(config) }, plain);
}

/** How the extra Logon fields of a draft are stored: the values that are not secret, and the secret ones sealed; undefined: what is stored stays. */
export type SealedTags =
  | { readonly ok: true; readonly logonTags: readonly LogonTag[]; readonly sealed: Buffer | null | undefined }
  /** The value of this tag is neither given nor stored for this destination. */
  | { readonly ok: false; readonly missing: number };

/** @param before what is stored, opened for the destination that the draft has */
export function sealTags(secrets: Secrets, config: Destination, before: OpenedSecrets | null): SealedTags {
  const { logonTags, secrets: given } = withoutSecrets(config.session);
  const isSecret = logonTags.map(([, value]) => value === null);
  if (!isSecret.includes(true)) return { ok: true, logonTags, sealed: null };
  const filled = withSecrets(config.session.logonTags, before?.tags ?? []);
  if (typeof filled !== 'number') {
    const values = filled.filter((_, at) => isSecret[at]);
    return { ok: true, logonTags, sealed: sealSecret(secrets, config, 'secret_tags', JSON.stringify(values)) };
  }
  // All of them go on waiting for being entered again; some of them cannot.
  if (given.length === 0 && before?.toEnter.includes('session.logonTags') === true)
    return { ok: true, logonTags, sealed: undefined };
  return { ok: false, missing: filled };
}
