import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const FORMAT = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Passwords at rest: AES-256-GCM; what was encrypted for one provider does not decrypt for another. */
export interface Secrets {
  encrypt(provider: string, plain: string): Buffer;
  /** Null when it was encrypted with another key, for another provider, or was altered. */
  decrypt(provider: string, stored: Buffer): string | null;
}

/** @param key  32 bytes */
export function createSecrets(key: Buffer): Secrets {
  return {
    encrypt(provider, plain) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(provider));
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.from([FORMAT]), iv, cipher.getAuthTag(), text]);
    },
    decrypt(provider, stored) {
      const textAt = 1 + IV_BYTES + TAG_BYTES;
      if (stored[0] !== FORMAT || stored.length < textAt) return null;
      const decipher = createDecipheriv('aes-256-gcm', key, stored.subarray(1, 1 + IV_BYTES))
        .setAAD(Buffer.from(provider))
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
