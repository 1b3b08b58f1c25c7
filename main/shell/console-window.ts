import { BrowserWindow, type WebContents } from 'electron';
import type { Clock } from '../base/clock.ts';
import { APP_URL } from './app-protocol.ts';
import type { DeskMemory, WindowName } from './desk-memory.ts';
import { workAreas } from './monitors.ts';
import { PageWatch } from './page-watch.ts';
import { fitted, rectOf, type Size } from './window-place.ts';

export interface WindowParts {
  /** Path of the built preload script. */
  readonly preload: string;
  readonly clock: Clock;
  /** What became of windows and their pages, for the console's log. */
  readonly tell: (text: string) => void;
  readonly memory: Pick<DeskMemory, 'desk' | 'place' | 'keepPlace'>;
}

/** The console, once it serves windows. */
export interface WindowService {
  /** Serves the window's requests; called before its page loads. */
  readonly attach: (contents: WebContents) => void;
  /** The page does not read, or reads again. */
  readonly hold: (contents: WebContents, held: boolean) => void;
  /** The page asks for a window by `window.open`, which gives it none. */
  readonly asked: (url: string, frameName: string) => void;
}

/** What kind of window it is. */
export interface WindowLook {
  readonly title: string;
  /** Of one that was never open before; a smaller screen gets a smaller window. */
  readonly size: Size;
  /** Where one stands that was never open before; else in the middle of the primary monitor. */
  readonly at?: { readonly x: number; readonly y: number };
  readonly least: Size;
  readonly options?: Electron.BrowserWindowConstructorOptions;
}

/** A window, not shown yet: sandboxed, isolated, with the typed preload as its only way out, where it was when it was last open. */
export function createWindow(name: WindowName, look: WindowLook, { preload, memory }: WindowParts): BrowserWindow {
  const place = memory.place(name);
  const first = look.at === undefined ? null : { ...look.at, ...look.size };
  const bounds = fitted(place === null ? first : rectOf(place), look.size, workAreas());
  const window = new BrowserWindow({
    ...look.options,
    ...bounds,
    minWidth: Math.min(look.least.width, bounds.width),
    minHeight: Math.min(look.least.height, bounds.height),
    title: look.title,
    backgroundColor: '#2b2d31',
    show: false,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
      // Behind another window, too, silence and retries count on.
      backgroundThrottling: false,
    },
  });
  window.once('ready-to-show', () => {
    if (place?.maximized) window.maximize();
    if (place?.fullScreen) window.setFullScreen(true);
  });
  const keep = (): void => {
    if (window.isMinimized()) return;
    memory.keepPlace(name, {
      ...rectOf(window.getNormalBounds()),
      maximized: window.isMaximized(),
      fullScreen: window.isFullScreen(),
    });
  };
  window.on('resize', keep);
  window.on('move', keep);
  window.on('close', keep);
  return window;
}

/** Loads the console's page into a window, with this view of it, and keeps it. */
export function loadPage(
  window: BrowserWindow,
  view: string,
  service: WindowService,
  { clock, tell, memory }: WindowParts,
): void {
  const { webContents } = window;
  service.attach(webContents);
  webContents.setWindowOpenHandler(({ url, frameName }) => {
    service.asked(url, frameName);
    return { action: 'deny' };
  });
  webContents.on('did-finish-load', () => webContents.setZoomLevel(memory.desk.zoom));
  new PageWatch({ window, url: APP_URL + view, clock, tell, hold: (held) => service.hold(webContents, held) }).load();
}

/** In front, whatever state it was in. */
export function bringForward(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
