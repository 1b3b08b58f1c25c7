import { readFile } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import { protocol } from 'electron';

/** The page's own origin: a scheme of ours rather than file://, so that it has an origin to check and a CSP header to obey. */
export const APP_ORIGIN = 'app://console';
export const APP_URL = `${APP_ORIGIN}/index.html`;
/** Shown until the console is up; with the number of the step as its fragment. */
export const START_URL = `${APP_ORIGIN}/start.html`;

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // Mantine positions its overlays by style attributes.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Must run before the application is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
}

const SAFETY_HEADERS = { 'content-security-policy': CONTENT_SECURITY_POLICY, 'x-content-type-options': 'nosniff' };
const notFound = (): Response =>
  new Response('Not found', { status: 404, headers: { ...SAFETY_HEADERS, 'content-type': 'text/plain; charset=utf-8' } });

/** Serves the built page, and nothing outside its folder. */
export function serveApp(rendererDir: string): void {
  const root = resolve(rendererDir);
  protocol.handle('app', async (request) => {
    const path = fileOf(root, new URL(request.url));
    const type = path === null ? undefined : CONTENT_TYPES[extname(path)];
    if (path === null || type === undefined) return notFound();
    try {
      const body = await readFile(path);
      return new Response(new Uint8Array(body), { headers: { ...SAFETY_HEADERS, 'content-type': type } });
    } catch {
      // Whatever the reason, the page learns no more than that there is none: a message of the file system names its path.
      return notFound();
    }
  });
}

/** @returns null for what is not ours, lies outside of `root`, or is no path */
function fileOf(root: string, { host, pathname }: URL): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  const path = join(root, decoded);
  return host === 'console' && path.startsWith(root + sep) && !path.includes('\0') ? path : null;
}
