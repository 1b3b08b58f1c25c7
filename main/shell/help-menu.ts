import { clipboard, dialog, type MenuItemConstructorOptions } from 'electron';
import { showFolder } from './show-folder.ts';

export interface HelpParts {
  readonly logsFolder: string;
  /** Without a secret in it. */
  readonly diagnostics: () => string;
  /** A line each. */
  readonly about: () => readonly string[];
  /** What could not be done, for the console's log. */
  readonly tell: (text: string) => void;
}

/** Its dialogs belong to no window, and hold nothing up. */
export function helpMenu({ logsFolder, diagnostics, about, tell }: HelpParts): MenuItemConstructorOptions {
  const say = (message: string, detail: string): void => {
    const options = { type: 'info' as const, title: 'VFXLP console', message, detail, buttons: ['OK'], noLink: true };
    dialog.showMessageBox(options).catch((error: unknown) => tell(`A dialog could not be shown: ${String(error)}`));
  };
  return {
    role: 'help',
    submenu: [
      {
        label: 'Open logs folder',
        click: () => {
          void showFolder(logsFolder, tell).then((shown) => {
            if (!shown) say('The folder could not be shown.', `The logs are in ${logsFolder}.`);
          });
        },
      },
      {
        label: 'Copy diagnostics',
        click: () => {
          clipboard.writeText(diagnostics());
          say('The diagnostics are in the clipboard.', 'Versions, health and settings. No password, key or token is among them.');
        },
      },
      { type: 'separator' },
      { label: 'About VFXLP console', click: () => say('VFXLP console', about().join('\n')) },
    ],
  };
}
