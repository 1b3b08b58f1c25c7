import { dialog } from 'electron';
import type { DeskMemory } from './desk-memory.ts';
import type { MainWindow } from './main-window.ts';

const TOLD: Electron.MessageBoxOptions = {
  type: 'info',
  title: 'VFXLP console',
  message: 'The console goes on in the tray, and its LPs stay logged on.',
  detail:
    'Its icon beside the clock shows the window again; where there is none, starting the console does. “Quit” ends it. This is said once; View, “Close to the tray” changes it.',
  buttons: ['OK'],
  noLink: true,
};

/** Hides the main window instead of closing it, where a person has chosen that; the first time it says what that means. @returns whether it did */
export function closeToTray(memory: Pick<DeskMemory, 'desk' | 'change'>, { window }: Pick<MainWindow, 'window'>): boolean {
  const { closesToTray, toldOfTray } = memory.desk;
  if (!closesToTray || window === null) return false;
  window.hide();
  if (!toldOfTray) {
    memory.change({ toldOfTray: true });
    void dialog.showMessageBox(TOLD);
  }
  return true;
}
