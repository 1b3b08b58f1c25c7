import { BrowserWindow, screen, type WebContents } from 'electron';
import type { Clock } from '../base/clock.ts';
import { APP_URL } from './app-protocol.ts';
import { PageWatch } from './page-watch.ts';

/** What fits the tables without a scroll bar, px; a smaller screen gets a smaller window. */
const WIDTH = 1_600;
const HEIGHT = 1_000;
const MIN_WIDTH = 1_100;
const MIN_HEIGHT = 640;

export interface MainWindowParts {
  /** Path of the built preload script. */
  readonly preload: string;
  readonly clock: Clock;
  /** Serves the window's requests; called before its page loads. */
  readonly attach: (contents: WebContents) => void;
  /** The page does not read, or reads again. */
  readonly hold: (contents: WebContents, held: boolean) => void;
  /** Asked when a person closes the window. */
  readonly mayClose: () => boolean;
  /** What became of the page, for the console's log. */
  readonly tell: (text: string) => void;
}

/**
 * Shows the console's one window: the one that is open comes to the front, else it is opened, sandboxed, isolated, with the typed
 * preload as its only way out. Whatever its page does, the sessions behind it go on.
 */
export function showMainWindow({ preload, clock, attach, hold, mayClose, tell }: MainWindowParts): void {
  const [open] = BrowserWindow.getAllWindows();
  if (open !== undefined) {
    if (open.isMinimized()) open.restore();
    open.show();
    open.focus();
    return;
  }
  const { width, height } = screen.getPrimaryDisplay().workAreaSize;
  const window = new BrowserWindow({
    width: Math.min(WIDTH, width),
    height: Math.min(HEIGHT, height),
    minWidth: Math.min(MIN_WIDTH, width),
    minHeight: Math.min(MIN_HEIGHT, height),
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
  window.once('ready-to-show', () => window.show());
  const { webContents } = window;
  new PageWatch({ window, url: APP_URL, clock, tell, hold: (held) => hold(webContents, held) }).load();
}
