import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect as dial } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nkeys } from 'nats.ws';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { CertificateAuthority } from '../../support/certificates.ts';
import { startTestNats, type TestNats } from '../../support/nats.ts';
import { startTestPostgres, type TestPostgres } from '../../support/postgres.ts';
import { OutboxRig } from './outbox-rig.ts';

let postgres: TestPostgres;
let rig: OutboxRig;
let nats: TestNats | null;
let dir: string;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  rig = await OutboxRig.open(postgres);
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-nats-'));
  nats = null;
});
afterEach(async () => {
  await rig.close();
  await nats?.stop();
  rmSync(dir, { recursive: true });
});

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const file = (name: string, content: string): string => {
  writeFileSync(join(dir, name), content, { mode: 0o600 });
  return join(dir, name);
};
const left = (publisher: ReturnType<OutboxRig['publisher']>): Promise<void> =>
  vi.waitFor(
    async () => {
      expect(publisher.health()).toMatchObject({ state: 'ok', waiting: 0 });
      expect(await rig.left()).toEqual([]);
    },
    { timeout: 15_000 },
  );

test('the path of the URL is kept, as a proxy in front of NATS needs it', async () => {
  nats = await startTestNats();
  const { port } = new URL(nats.url);
  const asked: string[] = [];
  const proxy = createServer((socket) => {
    const server = dial(Number(port), '127.0.0.1');
    socket.once('data', (data) => asked.push(data.toString('latin1').split('\r\n')[0] ?? ''));
    socket.on('error', () => server.destroy()).pipe(server);
    server.on('error', () => socket.destroy()).pipe(socket);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  await rig.put();
  const publisher = rig.publisher({ url: `ws://127.0.0.1:${address.port}/nats/ws?desk=1` });
  await left(publisher);
  expect(asked).toEqual(['GET /nats/ws?desk=1 HTTP/1.1']);
  await publisher.close();
  await new Promise((resolve) => proxy.close(resolve));
});

test('an nkey proves who we are; a seed file that is missing is named, and taken once it is there', async () => {
  const user = nkeys.createUser();
  nats = await startTestNats({ lines: `authorization { users: [ { nkey: ${user.getPublicKey()} } ] }` });
  await rig.put();
  const nkeyFile = join(dir, 'desk.nk');
  const publisher = rig.publisher({ url: nats.url, nkeyFile });
  await vi.waitFor(() => expect(publisher.health().text).toContain(`The nkey file ${nkeyFile} cannot be used: ENOENT`));
  file('desk.nk', `${text(user.getSeed())}\n`);
  await left(publisher);
});

test('a credentials file proves who we are', async () => {
  const [operator, account, user] = [nkeys.createOperator(), nkeys.createAccount(), nkeys.createUser()];
  type Key = typeof operator;
  const encode = (value: object | Uint8Array): string =>
    Buffer.from(value instanceof Uint8Array ? value : JSON.stringify(value)).toString('base64url');
  const token = (by: Key, of: Key, name: string, claims: object): string => {
    const claim = {
      jti: name,
      iat: 1_700_000_000,
      iss: by.getPublicKey(),
      name,
      sub: of.getPublicKey(),
      nats: { ...claims, version: 2 },
    };
    const signed = `${encode({ typ: 'JWT', alg: 'ed25519-nkey' })}.${encode(claim)}`;
    return `${signed}.${encode(by.sign(new TextEncoder().encode(signed)))}`;
  };
  const unlimited = { subs: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };
  const accountToken = token(operator, account, 'desk', { type: 'account', limits: unlimited });
  nats = await startTestNats({
    lines: [
      `operator: ${token(operator, operator, 'operator', { type: 'operator' })}`,
      'resolver: MEMORY',
      `resolver_preload: { ${account.getPublicKey()}: ${accountToken} }`,
    ].join('\n'),
  });
  const userToken = token(account, user, 'console', { type: 'user', pub: {}, sub: {}, subs: -1, data: -1, payload: -1 });
  const credentialsFile = file(
    'desk.creds',
    `-----BEGIN NATS USER JWT-----\n${userToken}\n------END NATS USER JWT------\n\n` +
      `-----BEGIN USER NKEY SEED-----\n${text(user.getSeed())}\n------END USER NKEY SEED------\n`,
  );
  await rig.put();
  await left(rig.publisher({ url: nats.url, credentialsFile }));
});

test('a certificate of a private authority is accepted when its file is given, and not otherwise', async () => {
  const authority = await CertificateAuthority.create(join(dir, 'ca'));
  const tls = await authority.issue({ name: 'nats', addresses: ['127.0.0.1'] });
  nats = await startTestNats({ tls });
  await rig.put();
  const stranger = rig.publisher({ url: nats.url });
  await vi.waitFor(() => expect(stranger.health().text).toMatch(/No connection to NATS at .*: .*(certificate|issuer)/));
  expect(await rig.left()).toHaveLength(1);
  await stranger.close();
  await left(rig.publisher({ url: nats.url, caFile: authority.certFile }));
});
