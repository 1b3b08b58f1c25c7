import { describe, expect, it } from 'vitest';
import type { TunnelNote } from '../../../main/contracts/processes.ts';
import { TunnelLogReader } from '../../../main/stunnel/tunnel-notes.ts';

/** The notes of a log as stunnel 5.68 wrote it; the time before each line is left out here. */
function notes(log: string, reader = new TunnelLogReader()): TunnelNote[] {
  return log
    .trim()
    .split('\n')
    .map((line) => reader.read(`2026.11.22 14:35:27 ${line.trim()}`))
    .filter((note) => note !== null);
}

const failed = (code: string, detail: string) => [{ kind: 'failed', reason: { code, detail } }];

describe('TunnelLogReader', () => {
  it('notes the address, the version and the cipher of a connection', () => {
    expect(
      notes(`
        LOG5[ui]: stunnel 5.68 on x86_64-pc-linux-gnu platform
        LOG6[ui]: Service [LP-X] (FD=8) bound to 127.0.0.1:7100
        LOG5[0]: Service [LP-X] accepted connection from 127.0.0.1:45188
        LOG6[0]: s_connect: connecting 127.0.0.1:7005
        LOG5[0]: s_connect: connected 127.0.0.1:7005
        LOG6[0]: Peer certificate required
        LOG6[0]: CERT: Host name "localhost" matched with "localhost"
        LOG5[0]: Certificate accepted at depth=0: CN=localhost
        LOG6[0]: TLS connected: new session negotiated
        LOG6[0]: TLSv1.3 ciphersuite: TLS_AES_256_GCM_SHA384 (256-bit encryption)
        LOG6[0]: Peer temporary key: X25519, 253 bits
        LOG6[0]: Read socket closed (readsocket)
        LOG5[0]: Connection closed: 0 byte(s) sent to TLS, 5 byte(s) sent to socket`),
    ).toEqual([
      { kind: 'accepted' },
      { kind: 'connected', address: '127.0.0.1:7005' },
      { kind: 'tls', version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
    ]);
  });

  it.each([
    [
      'an expired certificate',
      `LOG4[0]: CERT: Pre-verification error: certificate has expired
       LOG4[0]: Rejected by CERT at depth=0: CN=expired
       LOG3[0]: SSL_connect: ../ssl/statem/statem_clnt.c:1889: error:0A000086:SSL routines::certificate verify failed`,
      failed('tls-certificate', 'CN=expired: certificate has expired'),
    ],
    [
      'a wrong host name',
      `LOG6[0]: Certificate accepted at depth=1: CN=VFXLP test authority
       LOG4[0]: CERT: Subject checks failed
       LOG4[0]: Rejected by CERT at depth=0: CN=wrong
       LOG3[0]: SSL_connect: ../ssl/statem/statem_clnt.c:1889: error:0A000086:SSL routines::certificate verify failed`,
      failed('tls-certificate', 'CN=wrong: it does not carry the expected host name'),
    ],
    [
      'an unknown authority',
      `LOG4[0]: CERT: Pre-verification error: unable to get local issuer certificate
       LOG4[0]: Rejected by CERT at depth=0: CN=localhost`,
      failed('tls-certificate', 'CN=localhost: unable to get local issuer certificate'),
    ],
    [
      'another certificate than the pinned one',
      `LOG6[0]: CERT: Pre-verification error ignored: unable to get local issuer certificate
       LOG6[0]: CERT: No subject checks configured
       LOG4[0]: CERT: Certificate not found in local repository
       LOG4[0]: Rejected by CERT at depth=0: CN=localhost`,
      failed('tls-certificate', 'CN=localhost: it is not the pinned certificate'),
    ],
    [
      'a version that the LP does not offer',
      'LOG3[0]: SSL_connect: ../ssl/record/rec_layer_s3.c:1602: error:0A00042E:SSL routines::tlsv1 alert protocol version',
      failed('tls-failed', 'the LP does not offer the TLS version required'),
    ],
    [
      'a client certificate that is asked for after the handshake',
      'LOG3[0]: SSL_read: ../ssl/record/rec_layer_s3.c:1602: error:0A00045C:SSL routines::tlsv13 alert certificate required',
      failed('tls-failed', 'the LP requires a client certificate'),
    ],
    [
      'a port without TLS',
      'LOG3[0]: SSL_connect: ../ssl/record/ssl3_record.c:350: error:0A00010B:SSL routines::wrong version number',
      failed('tls-failed', 'the LP does not speak TLS on this port'),
    ],
    [
      'a refused connection',
      `LOG3[0]: s_connect: connect 127.0.0.1:7999: Connection refused (111)
       LOG3[0]: No more addresses to connect`,
      failed('tcp-refused', '127.0.0.1:7999: Connection refused (111)'),
    ],
    [
      'an unreachable host',
      `LOG3[0]: s_connect: connect 192.0.2.9:1: No route to host (113)
       LOG3[0]: No more addresses to connect`,
      failed('tcp-unreachable', '192.0.2.9:1: No route to host (113)'),
    ],
    [
      'a host that does not answer',
      `LOG3[0]: s_connect: s_poll_wait 192.0.2.9:1: TIMEOUTconnect exceeded
       LOG3[0]: No more addresses to connect`,
      failed('tcp-timeout', '192.0.2.9:1: no answer in time'),
    ],
    [
      'a name that does not resolve',
      `LOG3[0]: Error resolving "nosuch.invalid": Neither nodename nor servname known (EAI_NONAME)
       LOG3[0]: No remote host resolved`,
      failed('dns-failed', 'nosuch.invalid: Neither nodename nor servname known (EAI_NONAME)'),
    ],
    ['a reset by the LP', 'LOG3[0]: SSL_read: Connection reset by peer (104)', failed('tcp-reset', 'by the LP, seen by stunnel')],
  ])('tells the reason of %s once', (_, log, expected) => {
    expect(notes(log)).toEqual(expected);
  });

  it('tries the next address of a name before it calls the connect failed', () => {
    expect(
      notes(`
        LOG3[0]: s_connect: connect ::1:7001: Connection refused (111)
        LOG6[0]: s_connect: connecting 127.0.0.1:7001
        LOG5[0]: s_connect: connected 127.0.0.1:7001`),
    ).toEqual([{ kind: 'connected', address: '127.0.0.1:7001' }]);
  });

  it('keeps connections apart, and begins anew when one is closed', () => {
    const reader = new TunnelLogReader();
    const log = `
      LOG4[1]: CERT: Pre-verification error: certificate has expired
      LOG3[0]: SSL_connect: Connection reset by peer (104)
      LOG4[1]: Rejected by CERT at depth=0: CN=lp
      LOG5[0]: Connection closed/reset: 0 byte(s) sent to TLS, 0 byte(s) sent to socket
      LOG5[1]: Connection closed/reset: 0 byte(s) sent to TLS, 0 byte(s) sent to socket`;
    const expected = [
      ...failed('tls-failed', 'Connection reset by peer (104)'),
      ...failed('tls-certificate', 'CN=lp: certificate has expired'),
    ];
    expect(notes(log, reader)).toEqual(expected);
    expect(notes(log, reader)).toEqual(expected);
  });

  it('makes nothing of other lines', () => {
    expect(notes('LOG5[0]: Service [LP-X] connected remote server from 127.0.0.1:1')).toEqual([]);
    expect(new TunnelLogReader().read('')).toBeNull();
    expect(new TunnelLogReader().read('[!] Configuration failed')).toBeNull();
  });
});
