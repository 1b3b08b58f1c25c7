import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { Mute } from './desk-memory.ts';

/** What the menu View does. */
export interface ViewMenu {
  /** 0: back to 100 %. */
  readonly zoom: (by: 1 | 0 | -1) => void;
  /** Shows the strip. */
  readonly strip: () => void;
  /** Opens the LP that this window shows in one of its own. */
  readonly ownWindow: (window: Electron.BaseWindow | undefined) => void;
  /** Null where there is no tray. */
  readonly closesToTray: Choice | null;
  /** What is told to somebody who looks elsewhere. */
  readonly told: Readonly<Record<Mute, Choice>>;
}

/** Something that is on or off, and is remembered. */
export interface Choice {
  readonly on: boolean;
  readonly set: (on: boolean) => void;
}

/** Every key that zooms elsewhere: Electron's own roles know neither = nor the number pad, and remember nothing. */
const zoom = (label: string, accelerators: readonly string[], click: () => void): MenuItemConstructorOptions[] =>
  accelerators.map((accelerator, at) => ({
    label,
    accelerator,
    // The first is shown, the others work.
    visible: at === 0,
    acceleratorWorksWhenHidden: true,
    click,
  }));

/**
 * Editing, zoom and window, and the kill switch for a window that does not answer: what else an operator does to an LP is on the screen, where
 * it can be seen.
 */
export function installMenu(killAll: () => void, view: ViewMenu, help: MenuItemConstructorOptions): void {
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      { role: 'fileMenu' },
      { role: 'editMenu' },
      { label: 'Session', submenu: [{ label: 'Kill all LPs…', click: killAll }] },
      { label: 'View', submenu: viewMenu(view) },
      { role: 'windowMenu' },
      help,
    ]),
  );
}

function viewMenu(view: ViewMenu): MenuItemConstructorOptions[] {
  return [
    ...zoom('Zoom in', ['CommandOrControl+Plus', 'CommandOrControl+=', 'CommandOrControl+numadd'], () => view.zoom(1)),
    ...zoom('Zoom out', ['CommandOrControl+-', 'CommandOrControl+numsub'], () => view.zoom(-1)),
    ...zoom('Actual size', ['CommandOrControl+0', 'CommandOrControl+num0'], () => view.zoom(0)),
    { type: 'separator' },
    { label: 'Strip', click: view.strip },
    { label: 'Open this LP in its own window', click: (_item, window) => view.ownWindow(window) },
    { type: 'separator' },
    choice('Tell of LPs that go down', view.told.down),
    choice('Tell of LPs that are killed', view.told.killed),
    choice('With a sound', view.told.sound),
    choice('Close to the tray', view.closesToTray),
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ];
}

const choice = (label: string, of: Choice | null): MenuItemConstructorOptions => ({
  label,
  type: 'checkbox',
  enabled: of !== null,
  checked: of?.on ?? false,
  click: ({ checked }) => of?.set(checked),
});
