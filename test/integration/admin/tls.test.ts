import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { adminClient } from '../../../main/cli/admin-client.ts';
import { WS_PATH, WS_PROTOCOL } from '../../../main/contracts/ipc.ts';
import { CertificateAuthority, type KeyPair } from '../../support/certificates.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';
import { startTestConsole, type TestConsole, TOKEN } from './test-console.ts';

let postgres: TestPostgres;
let database: TestDatabase;
let dir: string;
let authority: CertificateAuthority;
let first: KeyPair;
let second: KeyPair;
let tls: KeyPair;
let desk: TestConsole | null = null;

beforeAll(async () => {
  postgres = await startTestPostgres();
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-tls-'));
  authority = await CertificateAuthority.create(join(dir, 'ca'));
  first = await authority.issue({ name: 'first', dnsNames: ['localhost'], addresses: ['127.0.0.1'] });
  second = await authority.issue({ name: 'second', dnsNames: ['localhost'], addresses: ['127.0.0.1'] });
  tls = { certFile: join(dir, 'console.crt'), keyFile: join(dir, 'console.key') };
});
afterAll(async () => {
  await postgres.stop();
  rmSync(dir, { recursive: true });
});
beforeEach(async () => {
  database = await postgres.createDatabase();
  use(first);
});
afterEach(async () => {
  await desk?.close();
  desk = null;
  await database.drop();
});

function use({ certFile, keyFile }: KeyPair): void {
  copyFileSync(certFile, tls.certFile);
  copyFileSync(keyFile, tls.keyFile);
}

interface Seen {
  readonly status: number | undefined;
  readonly policy: string;
  readonly subject: string;
}

/** A client that trusts the authority and nobody else, on a connection of its own. */
function ask(port: number, path: string, headers: Record<string, string> = {}): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, headers, agent: false, ca: readFileSync(authority.certFile) };
    get(options, (response) => {
      const policy = String(response.headers['content-security-policy']);
      const subject = String((response.socket as ReturnType<typeof connect>).getPeerCertificate().subject.CN);
      response.resume().once('end', () => resolve({ status: response.statusCode, policy, subject }));
    }).once('error', reject);
  });
}

async function upgrade(url: string, headers: Record<string, string>): Promise<number | 'open'> {
  const socket = new WebSocket(url, [WS_PROTOCOL, `token.${TOKEN}`], { headers, ca: readFileSync(authority.certFile) });
  socket.on('error', () => undefined);
  const refused = once(socket, 'unexpected-response').then(([, response]) => response.statusCode as number);
  const answer = await Promise.race([once(socket, 'open').then(() => 'open' as const), refused]);
  socket.terminate();
  return answer;
}

test('page, API and WebSocket speak TLS, with the page of https alone, and nothing else is answered', async () => {
  desk = await startTestConsole(database, { tls });
  const { port, url } = desk;
  expect(url).toBe(`https://127.0.0.1:${port}`);
  expect(await ask(port, '/')).toMatchObject({
    status: 200,
    policy: expect.stringContaining(`connect-src 'self' wss://127.0.0.1`),
  });
  expect(await ask(port, '/api/v1/lps')).toMatchObject({ status: 401 });
  expect(await ask(port, '/api/v1/lps', { authorization: `Bearer ${TOKEN}` })).toMatchObject({ status: 200 });
  const socket = `wss://127.0.0.1:${port}${WS_PATH}`;
  expect(await upgrade(socket, { origin: url })).toBe('open');
  expect(await upgrade(socket, { origin: url.replace('https', 'http') })).toBe(403);
  await expect(desk.send('GET', '/healthz')).rejects.toThrow();
  const old = connect({ host: '127.0.0.1', port, maxVersion: 'TLSv1.1', rejectUnauthorized: false });
  await expect(once(old, 'secureConnect')).rejects.toThrow();
});

test('a renewed certificate is used as soon as its files belong together, and the old one until then', async () => {
  desk = await startTestConsole(database, { tls });
  const { port, log } = desk;
  expect((await ask(port, '/healthz')).subject).toBe('first');
  copyFileSync(second.certFile, tls.certFile);
  await expect
    .poll(() => log.map(({ msg }) => msg), { timeout: 20_000 })
    .toContainEqual(expect.stringContaining('cannot be used'));
  expect((await ask(port, '/healthz')).subject).toBe('first');
  use(second);
  await expect.poll(async () => (await ask(port, '/healthz')).subject, { timeout: 20_000 }).toBe('second');
});

test('vfxlp asks a console that proves to be the one of the folder, whoever signed it, and sends nothing to another', async () => {
  desk = await startTestConsole(database, { tls });
  const client = adminClient(desk.folder, { VFXLP_ADMIN_TOKEN: TOKEN });
  expect(await client.get('/api/v1/lps')).toEqual({ lps: [] });
  const file = join(desk.folder, 'console.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), certFile: second.certFile }));
  const other = adminClient(desk.folder, { VFXLP_ADMIN_TOKEN: TOKEN });
  await expect(other.get('/api/v1/lps')).rejects.toThrow('does not have the certificate');
});

test('files that do not belong together are told at the start', async () => {
  copyFileSync(second.keyFile, tls.keyFile);
  await expect(startTestConsole(database, { tls })).rejects.toThrow(/VFXLP_TLS_CERT .* cannot be used together/);
  await expect(startTestConsole(database, { tls: { ...tls, keyFile: '/dev/zero' } })).rejects.toThrow(
    /VFXLP_TLS_KEY .*no regular file/,
  );
});

test('behind a proxy that is named the page of https is ours, and what the proxy was asked in the clear is refused', async () => {
  desk = await startTestConsole(database, { trustedProxies: ['127.0.0.1'], adminNames: ['fx.example'] });
  const { port, send } = desk;
  const headers = { host: 'fx.example', 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https' };
  expect((await send('POST', '/api/v1/tokens', { name: 'by-proxy', role: 'viewer' }, headers)).status).toBe(201);
  expect(await database.sql('SELECT "from" FROM vfxlp_audit')).toEqual([{ from: '203.0.113.7' }]);
  const socket = `ws://127.0.0.1:${port}${WS_PATH}`;
  expect(await upgrade(socket, { ...headers, origin: 'https://fx.example' })).toBe('open');
  expect(await upgrade(socket, { ...headers, origin: 'http://fx.example' })).toBe(403);
  const clear = { ...headers, 'x-forwarded-proto': 'http' };
  expect((await send('GET', '/api/v1/lps', undefined, clear)).status).toBe(403);
  expect(await upgrade(socket, { ...clear, origin: 'http://fx.example' })).toBe(403);
});
