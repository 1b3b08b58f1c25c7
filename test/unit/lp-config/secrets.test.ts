import { expect, test } from 'vitest';
import { createSecrets } from '../../../main/lp-config/secrets.ts';

const secrets = createSecrets(Buffer.alloc(32, 1));

test('a password comes back, and never looks the same twice', () => {
  const stored = secrets.encrypt('LP-A', 'pässwörd', 'password');
  expect(secrets.decrypt('LP-A', stored, 'password')).toBe('pässwörd');
  expect(secrets.encrypt('LP-A', 'pässwörd', 'password').equals(stored)).toBe(false);
  expect(secrets.decrypt('LP-A', secrets.encrypt('LP-A', '', 'password'), 'password')).toBe('');
});

test('another key, another provider, any altered byte and any shortening are noticed', () => {
  const stored = secrets.encrypt('LP-A', 'secret', 'password');
  expect(createSecrets(Buffer.alloc(32, 2)).decrypt('LP-A', stored, 'password')).toBeNull();
  expect(secrets.decrypt('LP-B', stored, 'password')).toBeNull();
  for (let at = 0; at < stored.length; at += 1) {
    const altered = Buffer.from(stored);
    altered[at] = (altered[at] ?? 0) ^ 1;
    expect(secrets.decrypt('LP-A', altered, 'password')).toBeNull();
    expect(secrets.decrypt('LP-A', stored.subarray(0, at), 'password')).toBeNull();
  }
});

test('what one column holds does not decrypt in the other', () => {
  expect(secrets.decrypt('LP-A', secrets.encrypt('LP-A', 'secret', 'password'), 'new_password')).toBeNull();
  const next = secrets.encrypt('LP-A', 'secret', 'new_password');
  expect(secrets.decrypt('LP-A', next, 'password')).toBeNull();
  expect(secrets.decrypt('LP-A', next, 'new_password')).toBe('secret');
});
