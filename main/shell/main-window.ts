import { BrowserWindow, screen, type WebContents } from 'electron';
import type { Clock } from '../base/clock.ts';
import type { StartStep } from '../contracts/start-steps.ts';
import { APP_URL, START_URL } from './app-protocol.ts';
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
  /** Asked when a person closes the window. */
  readonly mayClose: () => boolean;
  /** What became of the window and its page, for the console's log. */
  readonly tell: (text: string) => void;
}

/** The console, once it serves windows. */
export interface WindowService {
  /** Serves the window's requests; called before its page loads. */
  readonly attach: (contents: WebContents) => void;
  /** The page does not read, or reads again. */
  readonly hold: (contents: WebContents, held: boolean) => void;
}

/**
 * The console's one window: sandboxed, isolated, with the typed preload as its only way out. It opens at once, on a page that says how far the
 * start is, and has the console's page when that serves it. Whatever its page does, the sessions behind it go on.
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

  /** The one that is open comes to the front, else it is opened. */
  show(): void {
    if (this.#window !== null) {
      if (this.#window.isMinimized()) this.#window.restore();
      this.#window.show();
      this.#window.focus();
      return;
    }
    const { mayClose, clock, tell } = this.#parts;
    const askedMs = clock.nowMs();
    const window = this.#create();
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
    this.#load(window);
  }

  /** How far the start is. */
  step(step: StartStep): void {
    this.#step = step;
    if (this.#window !== null) this.#load(this.#window);
  }

  /** From now on the window has the console's page. */
  serve(service: WindowService): void {
    this.#service = service;
    if (this.#window !== null) this.#load(this.#window);
  }

  #load(window: BrowserWindow): void {
    const { webContents } = window;
    const service = this.#service;
    if (service === null) {
      // The next step, or the console's page, takes the place of one that still loads.
      window.loadURL(`${START_URL}#${this.#step}`).catch(() => undefined);
      return;
    }
    service.attach(webContents);
    const { clock, tell } = this.#parts;
    new PageWatch({ window, url: APP_URL, clock, tell, hold: (held) => service.hold(webContents, held) }).load();
  }

  #create(): BrowserWindow {
    const { width, height } = screen.getPrimaryDisplay().workAreaSize;
    return new BrowserWindow({
      width: Math.min(WIDTH, width),
      height: Math.min(HEIGHT, height),
      minWidth: Math.min(MIN_WIDTH, width),
      minHeight: Math.min(MIN_HEIGHT, height),
      title: 'VFXLP console',
      backgroundColor: '#2b2d31',
      show: false,
      webPreferences: {
        preload: this.#parts.preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        spellcheck: false,
        // Behind another window, too, silence and retries count on.
        backgroundThrottling: false,
      },
    });
  }
}
