import { type App, app, session } from 'electron';
import { APP_ORIGIN } from './app-protocol.ts';

/** What Electron's security checklist asks for, for every page this application could ever show: our own, and nothing else. */
export function hardenApp(application: App = app): void {
  application.enableSandbox();
  application.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      if (!event.url.startsWith(`${APP_ORIGIN}/`)) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}

/** No page may ask for camera, location, notifications …; must run after the application is ready. */
export function denyPermissions(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.defaultSession.setPermissionCheckHandler(() => false);
}
