import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type SecureContextOptions, type Server as TlsServer } from 'node:tls';
import { afterAll, beforeAll } from 'vitest';
import { CertificateAuthority, type KeyPair } from '../support/certificates.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { requireTool } from '../support/system-tools.ts';
import { Desk } from './desk.ts';
import { faults } from './fault.ts';
import { WitnessLp } from './witness-lp.ts';

let postgres: TestPostgres;
let dir: string;
let ca: CertificateAuthority;
let good: KeyPair;
let server: TlsServer;
const bad = new Map<string, KeyPair>();

const LP = { name: 'lp', dnsNames: ['localhost'], addresses: ['127.0.0.1'] };
const read = ({ certFile, keyFile }: KeyPair): SecureContextOptions => ({
  cert: readFileSync(certFile),
  key: readFileSync(keyFile),
  // The weak one is only refused at the other end.
  ciphers: 'DEFAULT:@SECLEVEL=0',
});

beforeAll(async () => {
  await requireTool('stunnel');
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-faults-tls-'));
  [postgres, ca] = await Promise.all([startTestPostgres(), CertificateAuthority.create(join(dir, 'ca'))]);
  const stranger = await CertificateAuthority.create(join(dir, 'stranger'), 'A stranger');
  good = await ca.issue(LP);
  bad.set('that has expired', await ca.issue({ ...LP, name: 'expired', days: -2 }));
  bad.set('that is not valid yet', await ca.issue({ ...LP, name: 'early', fromDays: 2 }));
  bad.set('of another host', await ca.issue({ name: 'other', dnsNames: ['lp.example'], addresses: ['192.0.2.1'] }));
  bad.set('of an unknown authority', await stranger.issue({ ...LP, name: 'unknown' }));
  bad.set('that signed itself', { certFile: stranger.certFile, keyFile: join(dir, 'stranger', 'ca.key') });
  bad.set('with a key that is too short', await ca.issue({ ...LP, name: 'weak', weak: true }));
});
afterAll(async () => {
  await postgres.stop();
  rmSync(dir, { recursive: true });
});

const fault = faults('stunnel', async () => {
  server = createServer(read(good)).on('tlsClientError', (_error, socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const lps = [await WitnessLp.listen('LP1', server)];
  const draft = {
    host: 'localhost',
    ssl: true,
    session: { logonTimeoutMs: 4_000 },
    tunnel: { verify: 'chain', caFile: ca.certFile },
  } as const;
  const desk = await Desk.open({ databaseUrl: (await postgres.createDatabase()).url, lps, draft });
  desk.lp.stream(20);
  return desk;
});

const tunnelPid = (desk: Desk): number => {
  const { tunnelPid } = desk.view();
  if (tunnelPid === null) throw new Error('no tunnel');
  return tunnelPid;
};

fault('killed', 4_000, (f, desk) =>
  f.showsLine(() => process.kill(tunnelPid(desk), 'SIGKILL'), /stunnel process failed|closed the connection|was reset/),
);

fault('stopped', 10_000, (f, desk) =>
  f.showsLine(() => process.kill(tunnelPid(desk), 'SIGSTOP'), /No answer to our TestRequest|stunnel process failed/),
);

for (const kind of [
  'that has expired',
  'that is not valid yet',
  'of another host',
  'of an unknown authority',
  'that signed itself',
  'with a key that is too short',
]) {
  fault(`a certificate ${kind}`, 6_000, async (f, desk) => {
    const pair = bad.get(kind);
    if (pair === undefined) throw new Error(kind);
    await f.showsLine(() => {
      server.setSecureContext(read(pair));
      desk.lp.end('FIN');
    }, /certificate was not accepted|TLS handshake failed/);
    server.setSecureContext(read(good));
  });
}

fault('a far end that is gone', 6_000, async (f, desk) => {
  const { port } = desk.lp;
  await f.showsLine(async () => {
    server.close();
    desk.lp.end('FIN');
    await once(server, 'close');
  }, /Connection refused/);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
});

fault('a far end that accepts and says nothing', 20_000, async (f, desk) => {
  const { port } = desk.lp;
  const mute: Server = createTcpServer();
  await f.showsLine(async () => {
    server.close();
    desk.lp.end('FIN');
    await once(server, 'close');
    mute.listen(port, '127.0.0.1');
    mute.on('connection', (socket) => socket.on('error', () => socket.destroy()));
    await once(mute, 'listening');
  }, /TLS handshake failed/);
  mute.close();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
});
