import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Tokens } from '../../../main/operations/tokens.ts';
import { ManualClock } from './manual-clock.ts';

const OWN = 'the-token-of-the-console';
const DAY_MS = 86_400_000;

let folder: string;
let file: string;
let clock: ManualClock;
let tokens: Tokens;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vfxlp-tokens-'));
  file = join(folder, 'tokens.json');
  clock = new ManualClock();
  tokens = new Tokens(file, OWN, clock);
});
afterEach(() => rmSync(folder, { recursive: true }));

function create(name: string, role: 'viewer' | 'operator' | 'admin' = 'operator', expiresAtMs: number | null = null): string {
  const created = tokens.create(name, role, expiresAtMs);
  if (!created.ok) throw new Error(created.error.message);
  return created.value.token;
}

test('the console’s own token is the admin, and any other text is nobody', () => {
  expect(tokens.identify(OWN)).toMatchObject({ name: 'admin', role: 'admin' });
  for (const wrong of ['', 'wrong', `${OWN} `, OWN.slice(1), OWN.toUpperCase()]) expect(tokens.identify(wrong)).toBeNull();
});

test('a token is known after a restart, and its file has no token and is for nobody else', () => {
  const token = create('risk-engine');
  const text = readFileSync(file, 'utf8');
  expect(text).not.toContain(token);
  expect(text).not.toContain(OWN);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(new Tokens(file, OWN, clock).identify(token)).toMatchObject({ name: 'risk-engine', role: 'operator' });
});

test('a token ends with its time, to the millisecond, and its name is free again', async () => {
  const token = create('guest', 'viewer', clock.nowMs() + DAY_MS);
  const identity = tokens.identify(token);
  await clock.advance(DAY_MS - 1);
  expect(tokens.identify(token)).toMatchObject({ name: 'guest' });
  await clock.advance(1);
  expect(tokens.identify(token)).toBeNull();
  expect(identity !== null && tokens.isCurrent(identity)).toBe(false);
  const next = create('guest');
  expect(tokens.identify(token)).toBeNull();
  expect(tokens.identify(next)).toMatchObject({ name: 'guest' });
});

test('a revoked token is nobody at once and after a restart, also when its name is given again', () => {
  const token = create('bot');
  const identity = tokens.identify(token);
  expect(tokens.revoke('bot')).toMatchObject({ ok: true });
  create('bot');
  expect(tokens.identify(token)).toBeNull();
  expect(identity !== null && tokens.isCurrent(identity)).toBe(false);
  expect(new Tokens(file, OWN, clock).identify(token)).toBeNull();
});

test('names are taken once, whatever their case, and the console’s own can be neither taken nor revoked', () => {
  create('bot');
  for (const name of ['bot', 'BOT', 'admin', 'Admin']) {
    expect(tokens.create(name, 'viewer', null)).toMatchObject({ ok: false, error: { code: 'token-exists' } });
  }
  expect(tokens.revoke('admin')).toMatchObject({ ok: false, error: { code: 'own-token' } });
  expect(tokens.revoke('nobody')).toMatchObject({ ok: false, error: { code: 'unknown-token' } });
  expect(tokens.list().map(({ name }) => name)).toEqual(['admin', 'bot']);
});

test('what cannot be stored changes nothing', () => {
  const token = create('bot');
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'no folder any more');
  expect(() => tokens.revoke('bot')).toThrow();
  expect(tokens.identify(token)).toMatchObject({ name: 'bot' });
});

test.each(['{', '{"tokens":[{"name":"x"}]}', '[]'])('a damaged file %s is said, and lets nobody in', (text) => {
  writeFileSync(file, text);
  expect(() => new Tokens(file, OWN, clock)).toThrow(/tokens\.json is damaged/);
});
