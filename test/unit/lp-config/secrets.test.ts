import { createCipheriv } from 'node:crypto';
import { expect, test } from 'vitest';
import { createSecrets, type SecretColumn } from '../../../main/lp-config/secrets.ts';

const KEY = Buffer.alloc(32, 1);
const secrets = createSecrets(KEY);
const place = { provider: 'LP-A', column: 'password', destination: 'there' } as const;
const decrypt = (stored: Buffer, more: object = {}, destinations = ['there']) =>
  secrets.decrypt({ ...place, ...more }, destinations, stored);

test('a password comes back, and never looks the same twice', () => {
  const stored = secrets.encrypt(place, 'pässwörd');
  expect(decrypt(stored)).toEqual({ ok: true, plain: 'pässwörd' });
  expect(secrets.encrypt(place, 'pässwörd').equals(stored)).toBe(false);
  expect(decrypt(secrets.encrypt(place, ''))).toEqual({ ok: true, plain: '' });
});

test('another key is told from another destination, and neither gives it away', () => {
  const stored = secrets.encrypt(place, 'secret');
  expect(createSecrets(Buffer.alloc(32, 2)).decrypt(place, ['there'], stored)).toEqual({ ok: false, because: 'key' });
  expect(decrypt(stored, {}, ['elsewhere'])).toEqual({ ok: false, because: 'destination' });
  expect(decrypt(stored, {}, ['elsewhere', 'there'])).toEqual({ ok: true, plain: 'secret' });
  expect(decrypt(stored, {}, [])).toMatchObject({ ok: false });
});

test('another provider, any altered byte and any shortening are noticed', () => {
  const stored = secrets.encrypt(place, 'secret');
  expect(decrypt(stored, { provider: 'LP-B' })).toMatchObject({ ok: false });
  for (let at = 0; at < stored.length; at += 1) {
    const altered = Buffer.from(stored);
    altered[at] = (altered[at] ?? 0) ^ 1;
    expect(decrypt(altered)).toMatchObject({ ok: false });
    expect(decrypt(stored.subarray(0, at))).toMatchObject({ ok: false });
  }
});

test('what one column holds does not decrypt in another', () => {
  const columns: SecretColumn[] = ['password', 'new_password', 'secret_tags'];
  for (const column of columns) {
    const stored = secrets.encrypt({ ...place, column }, 'secret');
    for (const other of columns) expect(decrypt(stored, { column: other }).ok).toBe(other === column);
  }
});

/** As it was done before secrets were bound. */
function unbound(plain: string, aad: string): Buffer {
  const iv = Buffer.alloc(12, 3);
  const cipher = createCipheriv('aes-256-gcm', KEY, iv).setAAD(Buffer.from(aad));
  const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.from([1]), iv, cipher.getAuthTag(), text]);
}

test('what was not bound is known as such, and used by nobody but who adopts it', () => {
  const stored = unbound('old', 'LP-A');
  expect(decrypt(stored)).toEqual({ ok: false, because: 'destination' });
  expect(secrets.decryptUnbound('LP-A', 'password', stored)).toBe('old');
  expect(secrets.decryptUnbound('LP-A', 'new_password', unbound('old', 'new_password\0LP-A'))).toBe('old');
  expect(secrets.decryptUnbound('LP-B', 'password', stored)).toBeNull();
  expect(secrets.decryptUnbound('LP-A', 'password', secrets.encrypt(place, 'new'))).toBeNull();
});
