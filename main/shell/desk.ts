import { BrowserWindow, dialog } from 'electron';
import { askedWindow, lpShown, lpView } from './asked-window.ts';
import type { WindowParts, WindowService } from './console-window.ts';
import type { DeskMemory } from './desk-memory.ts';
import type { MainWindow } from './main-window.ts';
import type { ViewMenu } from './menu.ts';
import { keepOnMonitors } from './monitors.ts';
import { OwnWindows } from './own-windows.ts';
import { zoomBy } from './zoom.ts';

export interface DeskParts extends WindowParts {
  readonly memory: DeskMemory;
  readonly main: MainWindow;
  /** Serves the requests of windows. */
  readonly served: Pick<WindowService, 'attach' | 'hold'>;
  readonly quitting: () => boolean;
}

/** What surrounds the main window once the console is up. */
export interface OpenDesk {
  readonly view: ViewMenu;
  /** Resolves when what it remembers is written. */
  close(): Promise<void>;
}

const NO_LP: Electron.MessageBoxOptions = {
  type: 'info',
  title: 'VFXLP console',
  message: 'This window shows no LP.',
  detail: 'Open one first, or choose “Open in own window” from the menu of its row.',
  buttons: ['OK'],
  noLink: true,
};

/** Gives the windows the console's page, and opens those that were open last time. */
export function openDesk(parts: DeskParts): OpenDesk {
  const { memory, main, served, clock } = parts;
  const own = new OwnWindows(parts);
  const service: WindowService = {
    attach: served.attach,
    hold: served.hold,
    asked: (url, frameName) => {
      const asked = askedWindow(url, frameName);
      if (asked === null) return;
      if ('own' in asked) own.show(`lp:${asked.own}`);
      else main.show(asked.main === null ? null : lpView(asked.main));
    },
  };
  main.serve(service);
  own.serve(service);
  const monitors = keepOnMonitors(clock);
  return {
    view: {
      zoom: (by) => zoomBy(by, memory),
      strip: () => own.show('strip'),
      ownWindow: (window) => {
        const shown = window instanceof BrowserWindow ? lpShown(window.webContents.getURL()) : null;
        if (shown !== null) own.show(`lp:${shown}`);
        else void dialog.showMessageBox(NO_LP);
      },
    },
    close: async () => {
      monitors();
      await memory.flush();
    },
  };
}
