import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { APP_URL, registerAppScheme, serveApp } from '../../../main/shell/app-protocol.ts';

type Handler = (request: { readonly url: string }) => Promise<Response>;

const electron = vi.hoisted(() => ({ handlers: new Map<string, Handler>(), schemes: [] as unknown[] }));
vi.mock('electron', () => ({
  protocol: {
    handle: (scheme: string, handler: Handler) => electron.handlers.set(scheme, handler),
    registerSchemesAsPrivileged: (schemes: unknown[]) => electron.schemes.push(...schemes),
  },
}));

let dir: string;
const get = (url: string): Promise<Response> => {
  const handler = electron.handlers.get('app');
  if (handler === undefined) throw new Error('app: is not handled');
  return handler({ url });
};

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-page-'));
  mkdirSync(join(dir, 'renderer', 'assets'), { recursive: true });
  mkdirSync(join(dir, 'renderer-of-another'));
  writeFileSync(join(dir, 'renderer', 'index.html'), '<!doctype html>');
  writeFileSync(join(dir, 'renderer', 'assets', 'main.js'), 'export {};');
  writeFileSync(join(dir, 'renderer', 'assets', 'a b.css'), 'body{}');
  writeFileSync(join(dir, 'renderer', 'notes.txt'), 'not of the page');
  writeFileSync(join(dir, 'secret.html'), 'secret');
  writeFileSync(join(dir, 'renderer-of-another', 'index.html'), 'secret');
  serveApp(join(dir, 'renderer'));
});
afterEach(() => {
  electron.handlers.clear();
  rmSync(dir, { recursive: true, force: true });
});

describe('the app scheme', () => {
  it('is a secure origin of its own', () => {
    registerAppScheme();
    expect(electron.schemes).toEqual([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
  });

  it.each([
    [APP_URL, 'text/html; charset=utf-8', '<!doctype html>'],
    ['app://console/assets/main.js?v=1#top', 'text/javascript; charset=utf-8', 'export {};'],
    ['app://console/assets/a%20b.css', 'text/css; charset=utf-8', 'body{}'],
    ['app://console/assets/../index.html', 'text/html; charset=utf-8', '<!doctype html>'],
  ])('serves %s', async (url, type, body) => {
    const response = await get(url);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(type);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await response.text()).toBe(body);
  });

  it('lets a page load scripts of its own only, and nothing from elsewhere', async () => {
    const policy = (await get(APP_URL)).headers.get('content-security-policy') ?? '';
    const rules = new Map(policy.split('; ').map((rule) => [rule.split(' ')[0], rule.split(' ').slice(1)]));
    expect(rules.get('default-src')).toEqual(["'none'"]);
    expect(rules.get('script-src')).toEqual(["'self'"]);
    expect(rules.get('connect-src')).toEqual(["'self'"]);
    for (const name of ['base-uri', 'form-action', 'frame-ancestors']) expect(rules.get(name)).toEqual(["'none'"]);
    expect(policy).not.toContain('unsafe-eval');
  });

  it.each([
    'app://console/../secret.html',
    'app://console/%2e%2e/secret.html',
    'app://console/..%2fsecret.html',
    'app://console/%2e%2e%2fsecret.html',
    'app://console/assets/..%2f..%2fsecret.html',
    'app://console/..%2frenderer-of-another%2findex.html',
    'app://console/%252e%252e%252fsecret.html',
    'app://console/index.html%00.html',
    'app://console/%',
    'app://console/%E0%A4%A.html',
    'app://console/',
    'app://console/assets',
    'app://console/missing.html',
    'app://console/notes.txt',
    'app://console/INDEX.HTML/',
    'app://elsewhere/index.html',
    'app://console.evil.example/index.html',
  ])('does not serve %s, and says no more than that', async (url) => {
    const response = await get(url);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('Not found');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('serves the same from a folder that is given with a slash at its end', async () => {
    serveApp(`${join(dir, 'renderer')}/`);
    expect((await get(APP_URL)).status).toBe(200);
    expect((await get('app://console/..%2fsecret.html')).status).toBe(404);
  });
});
