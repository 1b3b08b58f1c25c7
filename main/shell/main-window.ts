import { BrowserWindow, type WebContents } from 'electron';
import { APP_URL } from './app-protocol.ts';

/**
 * Shows the console's one window: the one that is open comes to the front, else it is opened, sandboxed, isolated, with the typed
 * preload as its only way out. Rejects when its page cannot be loaded.
 *
 * @param preload path of the built preload script
 * @param attach serves the window's requests; called before its page loads
 * @param mayClose asked when the window is to be closed
 */
export async function showMainWindow(
  preload: string,
  attach: (contents: WebContents) => void,
  mayClose: () => boolean,
): Promise<void> {
  const [open] = BrowserWindow.getAllWindows();
  if (open !== undefined) {
    if (open.isMinimized()) open.restore();
    open.show();
    open.focus();
    return;
  }
  const window = new BrowserWindow({
    width: 1_600,
    height: 1_000,
    minWidth: 1_100,
    minHeight: 640,
    title: 'VFXLP console',
    backgroundColor: '#2b2d31',
    show: false,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    },
  });
  attach(window.webContents);
  window.on('close', (event) => {
    if (!mayClose()) event.preventDefault();
  });
  // A page that crashed shows nothing, and sessions run on behind it: it is loaded again.
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit') window.webContents.reload();
  });
  window.once('ready-to-show', () => window.show());
  await window.loadURL(APP_URL);
}
