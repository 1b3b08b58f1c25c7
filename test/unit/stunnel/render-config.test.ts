import { describe, expect, it } from 'vitest';
import {
  DEFAULT_RETRY,
  DEFAULT_SESSION,
  DEFAULT_TUNNEL,
  type LpConfig,
  type TunnelOptions,
} from '../../../main/contracts/lp-config.ts';
import { renderConfig } from '../../../main/stunnel/render-config.ts';

function lp(tunnel: Partial<TunnelOptions> = {}, more: Partial<LpConfig> = {}): LpConfig {
  return {
    provider: 'LP-X',
    host: 'fix.lp.example',
    port: 4433,
    senderCompId: 'VFXLP',
    targetCompId: 'LPX',
    heartBtInt: 30,
    ssl: true,
    retry: DEFAULT_RETRY,
    tunnel: { ...DEFAULT_TUNNEL, ...tunnel },
    session: DEFAULT_SESSION,
    username: null,
    hasPassword: false,
    hasNewPassword: false,
    secretsToEnter: [],
    version: 1,
    ...more,
  };
}

const options = { localEnd: { path: '/data/tunnels/a/s' }, systemCaFile: '/etc/ssl/certs/ca-certificates.crt' };
const render = (config: LpConfig, target = { host: config.host, port: config.port }) =>
  renderConfig(config, target, options).split('\n');

describe('renderConfig', () => {
  it('verifies the chain against the system bundle and the configured host, TLS 1.2 or later, by default', () => {
    expect(renderConfig(lp(), { host: 'fix.lp.example', port: 4433 }, options)).toBe(`foreground = yes
pid =
syslog = no
debug = 6
[LP-X]
client = yes
accept = /data/tunnels/a/s
connect = fix.lp.example:4433
delay = yes
TIMEOUTconnect = 10
TIMEOUTbusy = 10
TIMEOUTclose = 0
sessionResume = no
sslVersionMin = TLSv1.2
sni = fix.lp.example
verifyChain = yes
CAfile = /etc/ssl/certs/ca-certificates.crt
checkHost = fix.lp.example
`);
  });

  it('checks the host that is dialled when it is a backup', () => {
    const lines = render(lp(), { host: 'dr.lp.example', port: 4434 });
    expect(lines).toContain('connect = dr.lp.example:4434');
    expect(lines).toContain('checkHost = dr.lp.example');
    expect(lines).toContain('sni = dr.lp.example');
  });

  it('takes the names, files and version of the tunnel options', () => {
    const lines = render(
      lp({
        caFile: '/ca.pem',
        checkHost: 'a.example',
        sni: 'b.example',
        minVersion: 'TLSv1.3',
        certFile: '/c.pem',
        keyFile: '/k.pem',
      }),
    );
    for (const line of [
      'CAfile = /ca.pem',
      'checkHost = a.example',
      'sni = b.example',
      'sslVersionMin = TLSv1.3',
      'cert = /c.pem',
      'key = /k.pem',
    ]) {
      expect(lines).toContain(line);
    }
  });

  it('pins the certificate in caFile, whatever its names', () => {
    const lines = render(lp({ verify: 'pinned', caFile: '/peer.pem' }));
    expect(lines).toContain('verifyPeer = yes');
    expect(lines).toContain('CAfile = /peer.pem');
    expect(lines.join('\n')).not.toMatch(/verifyChain = yes|checkHost|checkIP/);
    expect(render(lp({ verify: 'pinned', caFile: '/peer.pem', checkHost: 'lp.example' }))).toContain('checkHost = lp.example');
  });

  it('checks an address as an address, and sends none as a server name', () => {
    const lines = render(lp({}, { host: '192.0.2.7' }));
    expect(lines).toContain('checkIP = 192.0.2.7');
    expect(lines).toContain('sni = ');
    expect(render(lp({}, { host: '2001:db8::7' }))).toContain('connect = [2001:db8::7]:4433');
  });

  it('verifies nothing only when told so', () => {
    const lines = render(lp({ verify: 'none' }));
    expect(lines).toContain('verifyChain = no');
    expect(lines.join('\n')).not.toContain('CAfile');
  });

  it.each([
    ['Host', lp({}, { host: 'lp.example\nverifyChain = no' })],
    ['Provider', lp({}, { provider: 'LP]\n[X' })],
    ['tunnel.caFile', lp({ caFile: '/ca.pem\r\nverifyChain = no' })],
    ['tunnel.checkHost', lp({ checkHost: 'a\nb' })],
    ['tunnel.sni', lp({ sni: 'a\u0000b' })],
    ['tunnel.certFile', lp({ certFile: '/c\nexec = /bin/sh' })],
    ['tunnel.keyFile', lp({ keyFile: '/k\nexec = /bin/sh' })],
  ])('refuses a line break in %s and names it', (field, config) => {
    expect(() => render(config)).toThrow(expect.objectContaining({ field, message: expect.stringContaining(field) }));
  });

  it('says what is missing when there is no CA file to verify against', () => {
    const render = (config: LpConfig) => () =>
      renderConfig(config, config, { localEnd: { host: '127.0.0.1', port: 1 }, systemCaFile: null });
    expect(render(lp())).toThrow('tunnel.caFile');
    expect(render(lp({ verify: 'pinned' }))).toThrow('tunnel.caFile');
  });
});
