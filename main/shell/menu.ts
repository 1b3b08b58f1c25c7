import { Menu, type MenuItemConstructorOptions } from 'electron';

/** Every key that zooms elsewhere: Electron's own roles know neither = nor the number pad. */
const zoom = (label: string, step: 1 | -1, accelerators: readonly string[]): MenuItemConstructorOptions[] =>
  accelerators.map((accelerator, at) => ({
    label,
    accelerator,
    // The first is shown, the others work.
    visible: at === 0,
    acceleratorWorksWhenHidden: true,
    click: (_item, window) => {
      if (window !== undefined && 'webContents' in window) {
        const { webContents } = window as Electron.BrowserWindow;
        webContents.setZoomLevel(webContents.getZoomLevel() + step / 2);
      }
    },
  }));

/**
 * Editing, zoom and window, and the kill switch for a window that does not answer: what else an operator does to an LP is on the screen, where
 * it can be seen.
 */
export function installMenu(killAll: () => void): void {
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      { role: 'fileMenu' },
      { role: 'editMenu' },
      { label: 'Session', submenu: [{ label: 'Kill all LPs…', click: killAll }] },
      {
        label: 'View',
        submenu: [
          ...zoom('Zoom in', 1, ['CommandOrControl+Plus', 'CommandOrControl+=', 'CommandOrControl+numadd']),
          ...zoom('Zoom out', -1, ['CommandOrControl+-', 'CommandOrControl+numsub']),
          { role: 'resetZoom' },
          { type: 'separator' },
          { role: 'togglefullscreen' },
        ],
      },
      { role: 'windowMenu' },
    ]),
  );
}
