import { type App, app, session } from 'electron';
import { APP_ORIGIN } from './app-protocol.ts';

/** What Electron's security checklist asks for, for every page this application could ever show: our own, and nothing else. */
export function hardenApp(application: App = app): void {
  application.enableSandbox();
  application.on('web-contents-created', (_event, contents) => {
    // A redirect and a frame lead away as surely as a link.
    contents.on('will-navigate', staysHere);
    contents.on('will-redirect', staysHere);
    contents.on('will-frame-navigate', staysHere);
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    // The content security policy does not know of WebRTC, which would send without being asked.
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
  });
}

function staysHere(event: { readonly url: string; preventDefault(): void }): void {
  if (!event.url.startsWith(`${APP_ORIGIN}/`)) event.preventDefault();
}

/** No page may ask for camera, location, notifications …, and nothing leaves the machine by itself; must run after the application is ready. */
export function denyPermissions(): void {
  // Each language would be fetched as a dictionary, also where nothing is spelled.
  session.defaultSession.setSpellCheckerLanguages([]);
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.defaultSession.setPermissionCheckHandler(() => false);
}
