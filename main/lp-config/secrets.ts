import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const FORMAT = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The columns that hold a secret. */
export type SecretColumn = 'password' | 'new_password';

/** Passwords at rest: AES-256-GCM; what was encrypted for one provider and column does not decrypt for another. */
export interface Secrets {
  encrypt(provider: string, plain: string, column: SecretColumn): Buffer;
  /** Null when it was encrypted with another key, for another provider or column, or was altered. */
  decrypt(provider: string, stored: Buffer, column: SecretColumn): string | null;
}

/** What the text is bound to. The password came first and has the provider alone; no provider has a NUL, so that no two are the same. */
const boundTo = (provider: string, column: SecretColumn): Buffer =>
  Buffer.from(column === 'password' ? provider : `${column}\0${provider}`);

/** @param key  32 bytes */
export function createSecrets(key: Buffer): Secrets {
  return {
    encrypt(provider, plain, column) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(boundTo(provider, column));
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.from([FORMAT]), iv, cipher.getAuthTag(), text]);
    },
    decrypt(provider, stored, column) {
      const textAt = 1 + IV_BYTES + TAG_BYTES;
      if (stored[0] !== FORMAT || stored.length < textAt) return null;
      const decipher = createDecipheriv('aes-256-gcm', key, stored.subarray(1, 1 + IV_BYTES))
        .setAAD(boundTo(provider, column))
        .setAuthTag(stored.subarray(1 + IV_BYTES, textAt));
      const head = decipher.update(stored.subarray(textAt));
      try {
        return Buffer.concat([head, decipher.final()]).toString('utf8');
      } catch {
        // The one way in which final() fails: the tag does not match.
        return null;
      }
    },
  };
}
