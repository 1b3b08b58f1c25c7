import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_ADMIN_PORT, readSettings, type Settings } from '../../../main/settings/settings.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vfxlp-settings-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const env = (more: Record<string, string> = {}) => ({
  VFXLP_DATA_DIR: join(root, 'data'),
  VFXLP_FIX_LOG_DIR: join(root, 'fix'),
  ...more,
});
function read(more: Record<string, string> = {}): Settings {
  const result = readSettings(env(more));
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

test('without further variables every setting has a working default', () => {
  const settings = read();
  expect(settings).toMatchObject({
    databaseUrl: null,
    natsUrl: null,
    dataDir: join(root, 'data'),
    fixLogDir: join(root, 'fix'),
    logQuota: { bytes: 5_120 * 1_048_576, days: 0 },
    adminHost: '127.0.0.1',
    adminPort: DEFAULT_ADMIN_PORT,
  });
  expect(settings.adminToken.length).toBeGreaterThanOrEqual(32);
  expect(settings.secretKey).toHaveLength(32);
});

test('token and key are generated once, readable by the owner alone', () => {
  const first = read();
  expect(read()).toEqual(first);
  for (const name of ['admin-token', 'secret-key']) expect(statSync(join(root, 'data', name)).mode & 0o777).toBe(0o600);
  expect(statSync(join(root, 'data')).mode & 0o066).toBe(0);
  expect(readFileSync(join(root, 'data', 'admin-token'), 'utf8').trim()).toBe(first.adminToken);
  expect(first.secretKey.toString('hex')).not.toBe(first.adminToken);
});

test('what is given is taken, an empty variable counts as not set', () => {
  const key = Buffer.alloc(32, 5);
  const settings = read({
    VFXLP_DATABASE_URL: 'postgres://u:p@db:5433/vfxlp',
    VFXLP_DATABASE_OWNER_URL: 'postgres://owner:p@db:5433/vfxlp',
    VFXLP_NATS_URL: 'ws://nats:8080/nats/ws',
    VFXLP_NATS_CREDENTIALS: '/etc/vfxlp/desk.creds',
    VFXLP_NATS_CA: '/etc/vfxlp/ca.pem',
    VFXLP_ADMIN_PORT: '0',
    VFXLP_ADMIN_HOST: '::1',
    VFXLP_ADMIN_TOKEN: 'abcdefghijklmnop',
    VFXLP_SECRET_KEY: key.toString('base64'),
  });
  expect(settings).toMatchObject({
    databaseUrl: 'postgres://u:p@db:5433/vfxlp',
    databaseOwnerUrl: 'postgres://owner:p@db:5433/vfxlp',
    natsUrl: 'ws://nats:8080/nats/ws',
    natsFiles: { credentials: '/etc/vfxlp/desk.creds', nkey: null, ca: '/etc/vfxlp/ca.pem' },
    adminPort: 0,
    adminHost: '::1',
    adminToken: 'abcdefghijklmnop',
    secretKey: key,
  });
  expect(read({ VFXLP_NATS_URL: '', VFXLP_ADMIN_PORT: '' })).toMatchObject({ natsUrl: null, adminPort: DEFAULT_ADMIN_PORT });
});

test('the admin port can be off', () => {
  expect(read({ VFXLP_ADMIN_PORT: 'off' })).toMatchObject({ adminPort: null });
});

describe('a bad value is refused naming its variable', () => {
  test.each([
    ['VFXLP_DATABASE_URL', 'mysql://host/db', 'must be a URL such as postgres://'],
    ['VFXLP_DATABASE_URL', 'postgres://u:p@a:5432,b:5432/db', 'must name one host: several hosts and target_session_attrs'],
    ['VFXLP_DATABASE_URL', 'postgres://u:p@a/db?target_session_attrs=read-write', 'must name one host'],
    ['VFXLP_DATABASE_URL', 'postgres:///db?host=a%2Cb', 'must name one host'],
    ['VFXLP_TAKEOVER', 'maybe', 'must be auto or ask'],
    ['VFXLP_NATS_URL', 'nats://host:4222', 'must be a URL such as ws://'],
    ['VFXLP_ADMIN_PORT', '65536', 'must be a number from 0'],
    ['VFXLP_ADMIN_PORT', 'http', 'must be a number from 0'],
    ['VFXLP_ADMIN_HOST', '127.0.0.1 evil', 'must be a host name'],
    ['VFXLP_ADMIN_TOKEN', 'short', 'must have at least 16 characters'],
    ['VFXLP_SECRET_KEY', 'abc', 'must be 32 bytes'],
  ])('%s=%s', (name, value, rule) => {
    const result = readSettings(env({ [name]: value }));
    expect(result).toMatchObject({ ok: false, error: { kind: 'user', field: name } });
    expect(result.ok ? '' : result.error.message).toContain(`${name} ${rule}`);
    expect(result.ok ? '' : result.error.message).not.toContain(value);
  });

  test('all of them at once', () => {
    const result = readSettings(env({ VFXLP_ADMIN_PORT: 'x', VFXLP_NATS_URL: 'y' }));
    expect(result.ok ? '' : result.error.message).toMatch(/VFXLP_NATS_URL .*; VFXLP_ADMIN_PORT /);
  });
});

test('a folder that cannot be made is named', () => {
  writeFileSync(join(root, 'file'), '');
  expect(readSettings(env({ VFXLP_DATA_DIR: join(root, 'file', 'data') }))).toMatchObject({
    ok: false,
    error: { kind: 'operational', field: 'VFXLP_DATA_DIR' },
  });
  expect(readSettings(env({ VFXLP_FIX_LOG_DIR: join(root, 'file', 'fix') }))).toMatchObject({
    ok: false,
    error: { kind: 'operational', field: 'VFXLP_FIX_LOG_DIR' },
  });
});

test.each([
  ['0.0.0.0', {}, /plain HTTP.*VFXLP_TLS_CERT.*VFXLP_TRUSTED_PROXY/],
  ['::', {}, /plain HTTP/],
  ['desk.example', {}, /plain HTTP/],
  ['10.1.2.3', { VFXLP_TLS_CERT: '/a.crt' }, /must be given together/],
  ['0.0.0.0', { VFXLP_TRUSTED_PROXY: '10.1.0.0/33' }, /must be IP addresses/],
  ['0.0.0.0', { VFXLP_TRUSTED_PROXY: 'proxy.example' }, /must be IP addresses/],
  ['127.0.0.1', { VFXLP_TLS_CERT: 'a.crt', VFXLP_TLS_KEY: '/a.key' }, /absolute path/],
])('beyond this machine nothing is spoken in the clear: %s, %j', (host, more, why) => {
  const result = readSettings(env({ VFXLP_ADMIN_HOST: host, ...more }));
  expect(result.ok ? '' : result.error.message).toMatch(why);
});

test('with a certificate, with a proxy or on this machine alone it starts', () => {
  const tls = { VFXLP_TLS_CERT: '/a.crt', VFXLP_TLS_KEY: '/a.key' };
  expect(read({ VFXLP_ADMIN_HOST: '0.0.0.0', ...tls }).tls).toEqual({ certFile: '/a.crt', keyFile: '/a.key' });
  const behind = { VFXLP_TRUSTED_PROXY: '10.1.0.1, 10.2.0.0/16', VFXLP_ADMIN_NAMES: 'fx.example' };
  expect(read({ VFXLP_ADMIN_HOST: '10.1.0.9', ...behind })).toMatchObject({
    tls: null,
    trustedProxies: ['10.1.0.1', '10.2.0.0/16'],
    adminNames: ['fx.example'],
  });
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) expect(read({ VFXLP_ADMIN_HOST: host }).tls).toBeNull();
});

test('a key file that was damaged is named, and not replaced: passwords hang on it', () => {
  read();
  const file = join(root, 'data', 'secret-key');
  writeFileSync(file, 'half a key');
  const result = readSettings(env());
  expect(result.ok ? '' : result.error.message).toContain(file);
  expect(readFileSync(file, 'utf8')).toBe('half a key');
});

test('the quota of the logs is in MB and days, 0 for no limit, and nothing else', () => {
  expect(read({ VFXLP_LOG_QUOTA_MB: '100', VFXLP_LOG_DAYS: '30' }).logQuota).toEqual({ bytes: 104_857_600, days: 30 });
  expect(read({ VFXLP_LOG_QUOTA_MB: '0' }).logQuota.bytes).toBe(0);
  for (const more of [{ VFXLP_LOG_QUOTA_MB: '-1' }, { VFXLP_LOG_QUOTA_MB: '1.5' }, { VFXLP_LOG_DAYS: 'week' }])
    expect(readSettings(env(more))).toMatchObject({ ok: false, error: { message: expect.stringContaining('whole number') } });
});
