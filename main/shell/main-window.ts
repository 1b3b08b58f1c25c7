import type { BrowserWindow } from 'electron';
import type { StartStep } from '../contracts/start-steps.ts';
import { APP_URL, START_URL } from './app-protocol.ts';
import { bringForward, createWindow, loadPage, type WindowLook, type WindowParts, type WindowService } from './console-window.ts';

export const CONSOLE_LOOK: WindowLook = {
  title: 'VFXLP console',
  // What fits the tables without a scroll bar.
  size: { width: 1_600, height: 1_000 },
  least: { width: 1_100, height: 640 },
};

export interface MainWindowParts extends WindowParts {
  /** Asked when a person closes the window. */
  readonly mayClose: () => boolean;
}

/**
 * The console's main window. It opens at once, on a page that says how far the start is, and has the console's page when that serves it.
 * Whatever its page does, the sessions behind it go on.
 */
export class MainWindow {
  /** Resolves when the first window has something to show. */
  readonly painted: Promise<void>;
  readonly #parts: MainWindowParts;
  #whenPainted: () => void = () => undefined;
  #window: BrowserWindow | null = null;
  #step: StartStep = 1;
  #service: WindowService | null = null;

  constructor(parts: MainWindowParts) {
    this.#parts = parts;
    this.painted = new Promise((resolve) => {
      this.#whenPainted = resolve;
    });
  }

  /** The one that is open comes to the front, else it is opened. @param view fragment of the console's page to show; null: as it is */
  show(view: string | null = null): void {
    if (this.#window !== null) {
      bringForward(this.#window);
      if (view !== null) this.#go(this.#window, view);
      return;
    }
    const { mayClose, clock, tell } = this.#parts;
    const askedMs = clock.nowMs();
    const window = createWindow('main', CONSOLE_LOOK, this.#parts);
    this.#window = window;
    window.on('close', (event) => {
      if (!mayClose()) event.preventDefault();
    });
    window.once('closed', () => {
      this.#window = null;
    });
    window.once('ready-to-show', () => {
      window.show();
      this.#whenPainted();
      tell(`The window is painted, ${clock.nowMs() - askedMs} ms after it was asked for`);
    });
    this.#load(window, view);
  }

  /** Null: it is closed. */
  get window(): BrowserWindow | null {
    return this.#window;
  }

  /** How far the start is. */
  step(step: StartStep): void {
    if (step === this.#step) return;
    this.#step = step;
    if (this.#window !== null) this.#load(this.#window, null);
  }

  /** From now on the window has the console's page. */
  serve(service: WindowService): void {
    this.#service = service;
    if (this.#window !== null) this.#load(this.#window, null);
  }

  #load(window: BrowserWindow, view: string | null): void {
    // The next step, or the console's page, takes the place of one that still loads.
    if (this.#service === null) window.loadURL(`${START_URL}#${this.#step}`).catch(() => undefined);
    else loadPage(window, view ?? '', this.#service, this.#parts);
  }

  /** Another fragment leaves the page as it is, with all that it knows; the same one would load it anew. */
  #go(window: BrowserWindow, view: string): void {
    const url = APP_URL + view;
    if (this.#service !== null && window.webContents.getURL() !== url) window.loadURL(url).catch(() => undefined);
  }
}
