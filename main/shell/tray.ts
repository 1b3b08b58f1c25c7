import { Menu, nativeImage, Tray } from 'electron';
import { messageOf } from '../base/errors.ts';
import { trayIconScale } from '../base/platform.ts';
import { TRAY_SIDE, trayBitmap } from './tray-shape.ts';
import type { DeskState, WorstState } from './worst-state.ts';

export interface TrayMenu {
  readonly show: () => void;
  readonly strip: () => void;
  readonly killAll: () => void;
  readonly quit: () => void;
}

/** The console's place beside the clock: reached when no window is. */
export interface DeskTray {
  state(state: DeskState): void;
  close(): void;
}

/** @returns null where the system has no such place, which `tell` hears */
export function openTray(menu: TrayMenu, tell: (text: string) => void): DeskTray | null {
  let tray: Tray;
  try {
    tray = new Tray(trayImage('idle'));
  } catch (error) {
    tell(`There is no tray: ${messageOf(error)}`);
    return null;
  }
  tray.setContextMenu(
    Menu.buildFromTemplate([
      { label: 'Show', click: menu.show },
      { label: 'Strip', click: menu.strip },
      { type: 'separator' },
      { label: 'Kill all LPs…', click: menu.killAll },
      { type: 'separator' },
      { label: 'Quit', click: menu.quit },
    ]),
  );
  tray.on('click', menu.show);
  let shown = { worst: 'idle', text: '' };
  return {
    state: (state) => {
      if (state.text !== shown.text) tray.setToolTip(state.text);
      if (state.worst !== shown.worst) tray.setImage(trayImage(state.worst));
      shown = state;
    },
    close: () => tray.destroy(),
  };
}

export function trayImage(state: WorstState): Electron.NativeImage {
  return nativeImage.createFromBitmap(trayBitmap(state), { width: TRAY_SIDE, height: TRAY_SIDE, scaleFactor: trayIconScale() });
}
