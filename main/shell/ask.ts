import { dialog } from 'electron';
import { dialogParent } from './dialog-parent.ts';

/** Asks over the window that fits, or tells there. Main goes on meanwhile. */
export function ask(question: Omit<Electron.MessageBoxOptions, 'noLink'>): Promise<Electron.MessageBoxReturnValue> {
  const options = { ...question, noLink: true };
  const window = dialogParent();
  return window === undefined ? dialog.showMessageBox(options) : dialog.showMessageBox(window, options);
}
