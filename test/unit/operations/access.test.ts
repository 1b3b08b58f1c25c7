import { expect, test } from 'vitest';
import { Access, type AccessRules } from '../../../main/operations/access.ts';

const access = (rules: Partial<AccessRules> = {}) =>
  new Access({ listenHost: 'desk.example', names: ['fx.example'], tls: false, trustedProxies: [], ...rules });
const host = (name: string | undefined) => access().refusal({ from: '127.0.0.1', host: name, scheme: 'http', byProxy: false });

test.each([
  'localhost',
  'LOCALHOST:8480',
  '127.0.0.1:8480',
  '[::1]:8480',
  '[::1]',
  '10.1.2.3:80',
  'desk.example:8480',
  'Desk.Example',
  'fx.example',
])('Host %s is ours', (name) => expect(host(name)).toBeNull());

test.each([
  undefined,
  '',
  'evil.example',
  'localhost.evil.example',
  'evil.example:8480',
  'localhost:8480:1',
  'localhost@evil.example',
  '127.0.0.1.nip.example',
  '[::1',
  '::1',
  '[desk.example]',
  'localhost/',
  ' localhost',
])('Host %j is not ours', (name) => expect(host(name)).toContain('names another site'));

test.each([
  ['http', 'http://127.0.0.1:8480', true],
  ['https', 'https://127.0.0.1:8480', true],
  ['http', undefined, true],
  ['http', 'https://127.0.0.1:8480', false],
  ['https', 'http://127.0.0.1:8480', false],
  ['http', 'http://127.0.0.1:9999', false],
  ['http', 'http://evil.example', false],
  ['http', 'null', false],
] as const)('over %s, Origin %j: ours is %s', (scheme, origin, ours) => {
  const caller = { from: '127.0.0.1', host: '127.0.0.1:8480', scheme, byProxy: false };
  expect(access().isOwnOrigin(origin, caller)).toBe(ours);
});

const forwarded = { host: '10.0.0.1', 'x-forwarded-for': '6.6.6.6, 203.0.113.7, 10.1.0.2', 'x-forwarded-proto': 'https' };

test('a trusted proxy is believed about who asks, how and for which host; what others have told it is not', () => {
  const behind = access({ trustedProxies: ['10.1.0.0/16', '::1'] });
  const headers = { ...forwarded, 'x-forwarded-host': 'fx.example' };
  const caller = behind.caller(headers, '::ffff:10.1.2.3');
  expect(caller).toEqual({ from: '203.0.113.7', host: 'fx.example', scheme: 'https', byProxy: true });
  expect(behind.refusal(caller)).toBeNull();
  expect(behind.isOwnOrigin('https://fx.example', caller)).toBe(true);
  expect(behind.isOwnOrigin('http://fx.example', caller)).toBe(false);
});

test('nobody else is believed', () => {
  const behind = access({ trustedProxies: ['10.1.0.0/16'] });
  expect(behind.caller(forwarded, '10.2.0.1')).toEqual({ from: '10.2.0.1', host: '10.0.0.1', scheme: 'http', byProxy: false });
});

test('what a proxy was asked in the clear is refused', () => {
  const behind = access({ trustedProxies: ['10.1.0.1'] });
  for (const proto of ['http', undefined, 'https, http']) {
    const headers = {
      host: '10.0.0.1',
      'x-forwarded-for': '203.0.113.7',
      ...(proto === undefined ? {} : { 'x-forwarded-proto': proto }),
    };
    expect(behind.refusal(behind.caller(headers, '10.1.0.1'))).toContain('plain HTTP');
  }
});

test('plain HTTP is for this machine and for trusted proxies, TLS for all', () => {
  const plain = access({ trustedProxies: ['10.1.0.1'] });
  for (const peer of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.1.0.1']) expect(plain.mayConnect(peer)).toBe(true);
  for (const peer of ['10.1.0.2', '::ffff:192.168.0.1', '2001:db8::1', undefined]) expect(plain.mayConnect(peer)).toBe(false);
  expect(access({ tls: true }).mayConnect('10.1.0.2')).toBe(true);
});
