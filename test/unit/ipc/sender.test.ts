import { expect, test } from 'vitest';
import { isTrustedSender } from '../../../main/ipc/sender.ts';

const page = 'file:///opt/vfxlp/out/renderer/index.html';

test('the main frame of our own page is trusted, whatever its query and fragment', () => {
  expect(isTrustedSender({ url: page, parent: null }, page)).toBe(true);
  expect(isTrustedSender({ url: `${page}?theme=dark#lp/LP-A`, parent: null }, page)).toBe(true);
  expect(isTrustedSender({ url: 'http://localhost:5173/', parent: null }, 'http://localhost:5173')).toBe(true);
});

test.each([
  ['a frame inside the page', { url: page, parent: {} }],
  ['another file', { url: 'file:///home/user/downloads/index.html', parent: null }],
  ['another file below', { url: `${page}/x.html`, parent: null }],
  ['a site', { url: 'https://evil.example/opt/vfxlp/out/renderer/index.html', parent: null }],
  ['the page by another protocol', { url: page.replace('file:', 'app:'), parent: null }],
  ['an empty page', { url: '', parent: null }],
  ['about:blank', { url: 'about:blank', parent: null }],
  ['a frame that is gone', null],
])('%s is not trusted', (_name, frame) => {
  expect(isTrustedSender(frame, page)).toBe(false);
});

test('another port is another site', () => {
  expect(isTrustedSender({ url: 'http://localhost:9999/', parent: null }, 'http://localhost:5173/')).toBe(false);
});
