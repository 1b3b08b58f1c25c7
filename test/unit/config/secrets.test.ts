import { expect, test } from 'vitest';
import { createSecrets } from '../../../main/config/secrets.ts';

const secrets = createSecrets(Buffer.alloc(32, 1));

test('a password comes back, and never looks the same twice', () => {
  const stored = secrets.encrypt('LP-A', 'pässwörd');
  expect(secrets.decrypt('LP-A', stored)).toBe('pässwörd');
  expect(secrets.encrypt('LP-A', 'pässwörd').equals(stored)).toBe(false);
  expect(secrets.decrypt('LP-A', secrets.encrypt('LP-A', ''))).toBe('');
});

test('another key, another provider, any altered byte and any shortening are noticed', () => {
  const stored = secrets.encrypt('LP-A', 'secret');
  expect(createSecrets(Buffer.alloc(32, 2)).decrypt('LP-A', stored)).toBeNull();
  expect(secrets.decrypt('LP-B', stored)).toBeNull();
  for (let at = 0; at < stored.length; at += 1) {
    const altered = Buffer.from(stored);
    altered[at] = (altered[at] ?? 0) ^ 1;
    expect(secrets.decrypt('LP-A', altered)).toBeNull();
    expect(secrets.decrypt('LP-A', stored.subarray(0, at))).toBeNull();
  }
});
