import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** Format 1 was bound to the provider alone; format 2 names its key, to tell another key from another destination. */
const UNBOUND = 1;
const BOUND = 2;
const KEY_ID_BYTES = 4;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The columns that hold a secret. */
export type SecretColumn = 'password' | 'new_password' | 'secret_tags';

/** What a secret belongs to. It is authenticated, not stored. */
interface SecretPlace {
  readonly provider: string;
  readonly column: SecretColumn;
  /** By `destinationOf`. */
  readonly destination: string;
}

type Decrypted =
  | { readonly ok: true; readonly plain: string }
  /** key: encrypted with another key, for another LP or column, or altered. destination: to be sent elsewhere. */
  | { readonly ok: false; readonly because: 'key' | 'destination' };

/** Secrets at rest: AES-256-GCM; what was encrypted for one provider, column and destination does not decrypt for another. */
export interface Secrets {
  encrypt(place: SecretPlace, plain: string): Buffer;
  /** @param destinations that the secret may have been encrypted for */
  decrypt(place: Omit<SecretPlace, 'destination'>, destinations: readonly string[], stored: Buffer): Decrypted;
  /** What was encrypted before secrets were bound to a destination; null for everything else. */
  decryptUnbound(provider: string, column: SecretColumn, stored: Buffer): string | null;
}

/** @param key  32 bytes */
export function createSecrets(key: Buffer): Secrets {
  const keyId = createHash('sha256').update('vfxlp key id').update(key).digest().subarray(0, KEY_ID_BYTES);
  const head = Buffer.concat([Buffer.from([BOUND]), keyId]);
  const decryptUnbound = (provider: string, column: SecretColumn, stored: Buffer): string | null =>
    stored[0] === UNBOUND
      ? open(key, stored.subarray(1), Buffer.from(column === 'password' ? provider : `${column}\0${provider}`))
      : null;
  return {
    encrypt(place, plain) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(boundTo(place));
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([head, iv, cipher.getAuthTag(), text]);
    },
    decrypt(place, destinations, stored) {
      if (!stored.subarray(0, head.length).equals(head)) {
        const known = decryptUnbound(place.provider, place.column, stored) !== null;
        return { ok: false, because: known ? 'destination' : 'key' };
      }
      for (const destination of destinations) {
        const plain = open(key, stored.subarray(head.length), boundTo({ ...place, destination }));
        if (plain !== null) return { ok: true, plain };
      }
      return { ok: false, because: 'destination' };
    },
    decryptUnbound,
  };
}

/** No part has a NUL, so that no two places are the same. */
const boundTo = ({ provider, column, destination }: SecretPlace): Buffer =>
  Buffer.from([column, provider, destination].join('\0'));

function open(key: Buffer, sealed: Buffer, aad: Buffer): string | null {
  const textAt = IV_BYTES + TAG_BYTES;
  if (sealed.length < textAt) return null;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES))
    .setAAD(aad)
    .setAuthTag(sealed.subarray(IV_BYTES, textAt));
  const begin = decipher.update(sealed.subarray(textAt));
  try {
    return Buffer.concat([begin, decipher.final()]).toString('utf8');
  } catch {
    // The one way in which final() fails: the tag does not match.
    return null;
  }
}
