import { expect, test } from 'vitest';
import { isOwnHost, isOwnOrigin } from '../../../main/operations/access.ts';

test.each([
  'localhost',
  'LOCALHOST:8480',
  '127.0.0.1:8480',
  '[::1]:8480',
  '[::1]',
  '10.1.2.3:80',
  'desk.example:8480',
  'Desk.Example',
])('Host %s is ours', (host) => expect(isOwnHost(host, 'desk.example')).toBe(true));

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
])('Host %j is not ours', (host) => expect(isOwnHost(host, 'desk.example')).toBe(false));

test('the page of this console may connect, others may not', () => {
  expect(isOwnOrigin('http://127.0.0.1:8480', '127.0.0.1:8480')).toBe(true);
  expect(isOwnOrigin(undefined, '127.0.0.1:8480')).toBe(true);
  expect(isOwnOrigin('http://127.0.0.1:9999', '127.0.0.1:8480')).toBe(false);
  expect(isOwnOrigin('https://127.0.0.1:8480', '127.0.0.1:8480')).toBe(false);
  expect(isOwnOrigin('http://evil.example', '127.0.0.1:8480')).toBe(false);
  expect(isOwnOrigin('null', '127.0.0.1:8480')).toBe(false);
});
